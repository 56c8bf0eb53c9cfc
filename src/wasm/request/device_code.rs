//! `acquireTokenByDeviceCode`.

use super::Prepared;
use super::common::Common;
use crate::error::{Error, ErrorClass, code};
use crate::flow::device_code::DeviceCodeFlow;
use crate::flow::step::Flow;
use crate::protocol::device_code::DeviceCode;
use crate::protocol::token_request::Grant;
use crate::secret::Secret;
use crate::text::{self, Text};
use crate::time::Now;
use crate::wasm::field::Fields;
use crate::wasm::shared::Shared;

/// A person signs in on another device.
pub(super) fn device_code(
    shared: &Shared,
    fields: &Fields<'_>,
    common: Common,
    now: Now,
) -> Result<Prepared, Error> {
    if !fields.get("deviceCodeCallback").is_function() {
        let message = "request.deviceCodeCallback is missing";
        return Err(Error::new(
            ErrorClass::ClientAuth,
            code::REQUEST_CANNOT_BE_MADE,
            message,
        )
        .with_hint("Give a function that shows the person the message of what it is given."));
    }
    // Nothing is no limit, as with MSAL; what is longer than the code is good counts no more than that.
    let limit = fields.number("timeout", u32::MAX);
    let limit = limit.filter(|seconds| *seconds > 0);
    let scopes = common.user_scopes(shared)?;
    let filing = common.asked.filing(&scopes).of_person();
    // Each call shows a code of its own.
    let flight = text::concat(&["device\n", &common.asked.entropy.guid()]);
    let grant = Grant::DeviceCode(DeviceCode {
        device_code: Secret::new(Text::new()),
    });
    let flow = DeviceCodeFlow {
        exchange: common.exchange(shared, &scopes, grant)?,
        filing,
        limit_ms: limit.map(|seconds| i64::from(seconds) * 1_000),
        store: shared.configuration.store(),
    };
    let flow = Flow::new(now, |io| flow.run(io));
    Ok(Prepared::signing_in(shared, &flight, flow))
}
