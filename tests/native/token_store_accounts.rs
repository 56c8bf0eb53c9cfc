//! Which accounts a token store has: by its list of keys, or by an index that several writers share.

use crate::host::Host;
use crate::person::{TENANT, redeem_on, tokens};
use crate::scenario::{START, Scenario};
use crate::token_store::store;
use graph_token::Error;
use graph_token::flow::accounts;
use graph_token::flow::acquired::Acquired;
use graph_token::flow::step::{Effect, Event, Flow};
use graph_token::flow::token_store::TokenStore;
use graph_token::protocol::http::HttpResponse;
use graph_token::text::Text;
use graph_token::time::Now;

/// A sign-in under way: what it waits for, and whether it has ended.
type Writer = (Flow<Acquired>, Vec<(u32, Effect)>, bool);

#[test]
fn all_accounts_come_from_a_list_or_an_index() {
    for can_list in [true, false] {
        let mut host = Host::default();
        for user in ["u1", "u2", "u3"] {
            let scenario = redeem_on(host, |flow| flow.store = Some(store(can_list)));
            let (outcome, next) = scenario.answer(of_user(user)).end();
            assert!(outcome.is_ok());
            host = next;
        }
        assert_eq!(host.store.len(), if can_list { 3 } else { 4 });
        let corrupt = host
            .store
            .keys()
            .find(|key| key.contains(":user:"))
            .unwrap()
            .clone();
        let (outcome, mut host) =
            Scenario::on(host, START, |io| accounts::load_all(store(can_list), io)).end();
        assert_eq!(ids(&outcome.unwrap()), ["u1", "u2", "u3"]);

        host.store.insert(corrupt, ("{".into(), START));
        let (outcome, host) =
            Scenario::on(host, START, |io| accounts::load_all(store(can_list), io)).end();
        assert_eq!(
            outcome.unwrap().entities.accounts.len(),
            2,
            "one corrupt entry costs that entry alone"
        );

        let partition = format!("user\nlogin.windows.net\nu2.{TENANT}").into();
        let (_, host) = Scenario::on(host, START, |io| {
            accounts::remove(store(can_list), partition, io)
        })
        .end();
        assert_eq!(
            host.store
                .keys()
                .filter(|key| key.contains(":user:"))
                .count(),
            2
        );
        if !can_list {
            let index = host
                .store
                .iter()
                .find(|(key, _)| key.contains(":accounts:"))
                .unwrap();
            assert_eq!(index.1.0.matches("graph-token:1:user:").count(), 2);
        }
    }
}

/// A start reads one entry, however many users there are.
#[test]
fn an_index_may_hold_the_accounts() {
    let holding = || TokenStore {
        holds_accounts: true,
        ..store(false)
    };
    let mut host = Host::default();
    for user in ["u1", "u2", "u3"] {
        let scenario = redeem_on(host, |flow| flow.store = Some(holding()));
        host = scenario.answer(of_user(user)).end().1;
        let users = vec![format!("user\nlogin.windows.net\n{user}.{TENANT}").into()];
        host = Scenario::on(host, START, |io| accounts::note(holding(), users, io))
            .end()
            .1;
    }
    let loads = |host: &Host| {
        let loads = host.done.iter();
        let loads = loads.filter(|effect| matches!(effect, Effect::Load(_)));
        loads.count()
    };
    // Not indexed yet: what is newer is read as well.
    let (outcome, next) = Scenario::on(host, START, |io| accounts::load_all(holding(), io)).end();
    assert_eq!(ids(&outcome.unwrap()), ["u1", "u2", "u3"]);
    host = Scenario::on(next, START, |io| accounts::index(holding(), io))
        .end()
        .1;
    assert!(!host.store.keys().any(|key| key.contains(":noted:")));
    host.done.clear();
    let (outcome, mut host) =
        Scenario::on(host, START, |io| accounts::load_all(holding(), io)).end();
    let acquired = outcome.unwrap();
    assert_eq!(ids(&acquired), ["u1", "u2", "u3"]);
    assert_eq!(acquired.entities.id_tokens.len(), 3);
    assert!(acquired.entities.refresh_tokens.is_empty() && acquired.entities.tokens.is_empty());
    assert_eq!(
        loads(&host),
        2,
        "the index, and the notes, of which there are none"
    );

    let partition: Text = format!("user\nlogin.windows.net\nu2.{TENANT}").into();
    let before = host.store.clone();
    host = Scenario::on(host, START, |io| {
        accounts::remove(holding(), partition.clone(), io)
    })
    .end()
    .1;
    let (outcome, mut host) =
        Scenario::on(host, START, |io| accounts::load_all(holding(), io)).end();
    let acquired = outcome.unwrap();
    assert_eq!(ids(&acquired), ["u1", "u3"]);
    assert_eq!(
        acquired.entities.id_tokens.len(),
        2,
        "nothing of who is removed stays"
    );

    // Another writer, which saw it late, writes the index as it was.
    let index = |key: &&Text| key.contains(":accounts:");
    let index = before.keys().find(index).unwrap().clone();
    host.store.insert(index.clone(), before[&index].clone());
    let knowing = || TokenStore {
        removed: vec![partition.clone()],
        ..holding()
    };
    let (outcome, next) = Scenario::on(host, START, |io| accounts::load_all(knowing(), io)).end();
    assert_eq!(ids(&outcome.unwrap()), ["u1", "u3"]);
    let leave = |host, partition| {
        Scenario::on(host, START, |io| accounts::leave(holding(), partition, io)).end()
    };
    let host = leave(next, partition.clone()).1;
    let present = leave(host, format!("user\nlogin.windows.net\nu1.{TENANT}").into()).1;
    let (outcome, _) = Scenario::on(present, START, |io| accounts::load_all(holding(), io)).end();
    assert_eq!(ids(&outcome.unwrap()), ["u1", "u3"], "who is there stays");
}

fn of_user(uid: &str) -> HttpResponse {
    tokens(|body| {
        let info = format!(r#"{{"uid":"{uid}","utid":"{TENANT}"}}"#);
        body["client_info"] = graph_token::protocol::base64::encode_url(info.as_bytes())
            .as_str()
            .into();
        body["access_token"] = format!("eyJ.token.{uid}").into();
    })
}

fn ids(acquired: &Acquired) -> Vec<&str> {
    let accounts = acquired.entities.accounts.iter();
    let mut ids: Vec<&str> = accounts
        .map(|account| account.home_account_id.split('.').next().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

#[test]
fn an_index_that_cannot_be_read_is_not_written_anew() {
    let mut host = Host::default();
    for user in ["u1", "u2"] {
        let scenario = redeem_on(host, |flow| flow.store = Some(store(false)));
        host = scenario.answer(of_user(user)).end().1;
    }
    // The index alone fails to load, as a store does now and then.
    let mut parts = None;
    redeem_on(Host::default(), |flow| {
        flow.store = Some(store(false));
        parts = Some(flow.clone());
    });
    let now = Now::at(START);
    let mut flow = Flow::new(now, |io| parts.unwrap().run(io));
    let mut steps = vec![flow.start(now)];
    while let Some(step) = steps.pop() {
        for (number, effect) in step.effects {
            let event = match &effect {
                Effect::Send { .. } => Event::Response(of_user("u3")),
                Effect::Load(key) if key.contains(":accounts:") => Event::Failed,
                other => host.perform(other).unwrap(),
            };
            steps.push(flow.resume(number, event, now));
        }
    }
    let (_, (index, _)) = host
        .store
        .iter()
        .find(|(key, _)| key.contains(":accounts:"))
        .unwrap();
    assert_eq!(index.matches("graph-token:1:user:").count(), 2, "{index}");
}

/// Each of several writers reads and writes when its turn comes. A store without a list has no way to change the index
/// in one go, so that one of them may be left out of it: until that user's tokens are saved the next time.
#[test]
fn writers_at_once_leave_each_others_entries_alone_and_the_index_heals() {
    use proptest::prelude::*;
    let config = ProptestConfig::with_cases(200);
    proptest!(config, |(turns in proptest::collection::vec(0..3_usize, 0..40))| {
        let now = Now::at(START);
        let mut host = Host::default();
        let mut writers: Vec<Writer> = ["u1", "u2", "u3"]
            .iter()
            .map(|_| {
                let mut parts = None;
                redeem_on(Host::default(), |flow| {
                    flow.store = Some(store(false));
                    parts = Some(flow.clone());
                });
                let mut flow = Flow::new(now, |io| parts.unwrap().run(io));
                let step = flow.start(now);
                (flow, step.effects, false)
            })
            .collect();
        let mut one_step = |at: usize, host: &mut Host| -> Result<bool, Error> {
            let (flow, waiting, ended) = &mut writers[at];
            let Some((number, effect)) = waiting.pop() else {
                return Ok(*ended);
            };
            let event = match &effect {
                Effect::Send { .. } => Event::Response(of_user(["u1", "u2", "u3"][at])),
                other => host.perform(other).unwrap(),
            };
            let step = flow.resume(number, event, now);
            waiting.extend(step.effects);
            if let Some(outcome) = step.outcome {
                outcome?;
                *ended = true;
            }
            Ok(*ended)
        };
        for at in turns {
            one_step(at, &mut host).unwrap();
        }
        // Whoever is left ends one after the other.
        for at in 0..3 {
            while !one_step(at, &mut host).unwrap() {}
        }
        let entries = host.store.keys().filter(|key| key.contains(":user:")).count();
        prop_assert_eq!(entries, 3, "no writer touches another user's entry");
        for user in ["u1", "u2", "u3"] {
            let scenario = redeem_on(host, |flow| flow.store = Some(store(false)));
            host = scenario.answer(of_user(user)).end().1;
        }
        let load = Scenario::on(host, START, |io| accounts::load_all(store(false), io));
        let loaded = load.acquired();
        prop_assert_eq!(ids(&loaded), ["u1", "u2", "u3"]);
    });
}
