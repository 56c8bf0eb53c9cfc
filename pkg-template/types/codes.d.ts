// MSAL's tables of error codes; not every code comes up here.

export declare const AuthErrorCodes: {
  readonly unexpectedError: "unexpected_error";
  readonly postRequestFailed: "post_request_failed";
};

export declare const ClientAuthErrorCodes: {
  readonly clientInfoDecodingError: "client_info_decoding_error";
  readonly clientInfoEmptyError: "client_info_empty_error";
  readonly tokenParsingError: "token_parsing_error";
  readonly nullOrEmptyToken: "null_or_empty_token";
  readonly endpointResolutionError: "endpoints_resolution_error";
  readonly networkError: "network_error";
  readonly openIdConfigError: "openid_config_error";
  readonly hashNotDeserialized: "hash_not_deserialized";
  readonly invalidState: "invalid_state";
  readonly stateMismatch: "state_mismatch";
  readonly stateNotFound: "state_not_found";
  readonly nonceMismatch: "nonce_mismatch";
  readonly multipleMatchingTokens: "multiple_matching_tokens";
  readonly multipleMatchingAppMetadata: "multiple_matching_appMetadata";
  readonly requestCannotBeMade: "request_cannot_be_made";
  readonly cannotRemoveEmptyScope: "cannot_remove_empty_scope";
  readonly cannotAppendScopeSet: "cannot_append_scopeset";
  readonly emptyInputScopeSet: "empty_input_scopeset";
  readonly noAccountInSilentRequest: "no_account_in_silent_request";
  readonly invalidCacheRecord: "invalid_cache_record";
  readonly invalidCacheEnvironment: "invalid_cache_environment";
  readonly noAccountFound: "no_account_found";
  readonly noCryptoObject: "no_crypto_object";
  readonly unexpectedCredentialType: "unexpected_credential_type";
  readonly dpopTokenTypeMismatch: "dpop_token_type_mismatch";
  readonly tokenRefreshRequired: "token_refresh_required";
  readonly tokenClaimsCnfRequiredForSignedJwt: "token_claims_cnf_required_for_signedjwt";
  readonly authorizationCodeMissingFromServerResponse: "authorization_code_missing_from_server_response";
  readonly bindingKeyNotRemoved: "binding_key_not_removed";
  readonly endSessionEndpointNotSupported: "end_session_endpoint_not_supported";
  readonly keyIdMissing: "key_id_missing";
  readonly noNetworkConnectivity: "no_network_connectivity";
  readonly userCanceled: "user_canceled";
  readonly methodNotImplemented: "method_not_implemented";
  readonly nestedAppAuthBridgeDisabled: "nested_app_auth_bridge_disabled";
  readonly platformBrokerError: "platform_broker_error";
  readonly resourceParameterRequired: "resource_parameter_required";
  readonly misplacedResourceParam: "misplaced_resource_parameter";
};

export declare const ClientConfigurationErrorCodes: {
  readonly redirectUriEmpty: "redirect_uri_empty";
  readonly claimsRequestParsingError: "claims_request_parsing_error";
  readonly authorityUriInsecure: "authority_uri_insecure";
  readonly urlParseError: "url_parse_error";
  readonly urlEmptyError: "empty_url_error";
  readonly emptyInputScopesError: "empty_input_scopes_error";
  readonly invalidClaims: "invalid_claims";
  readonly tokenRequestEmpty: "token_request_empty";
  readonly logoutRequestEmpty: "logout_request_empty";
  readonly invalidCodeChallengeMethod: "invalid_code_challenge_method";
  readonly pkceParamsMissing: "pkce_params_missing";
  readonly invalidCloudDiscoveryMetadata: "invalid_cloud_discovery_metadata";
  readonly invalidAuthorityMetadata: "invalid_authority_metadata";
  readonly untrustedAuthority: "untrusted_authority";
  readonly missingSshJwk: "missing_ssh_jwk";
  readonly missingSshKid: "missing_ssh_kid";
  readonly unsupportedAuthenticationScheme: "unsupported_authentication_scheme";
  readonly missingNonceAuthenticationHeader: "missing_nonce_authentication_header";
  readonly invalidAuthenticationHeader: "invalid_authentication_header";
  readonly cannotSetOIDCOptions: "cannot_set_OIDCOptions";
  readonly cannotAllowPlatformBroker: "cannot_allow_platform_broker";
  readonly authorityMismatch: "authority_mismatch";
  readonly invalidRequestMethodForEAR: "invalid_request_method_for_EAR";
  readonly invalidPlatformBrokerConfiguration: "invalid_platform_broker_configuration";
  readonly issuerValidationFailed: "issuer_validation_failed";
  readonly invalidResponseMode: "invalid_response_mode";
  readonly invalidDpopHtm: "invalid_dpop_htm";
  readonly invalidDpopHtu: "invalid_dpop_htu";
  readonly invalidDpopNonce: "invalid_dpop_nonce";
  readonly dpopMissingResourceContext: "dpop_missing_resource_context";
};

export declare const InteractionRequiredAuthErrorCodes: {
  readonly noTokensFound: "no_tokens_found";
  readonly nativeAccountUnavailable: "native_account_unavailable";
  readonly refreshTokenExpired: "refresh_token_expired";
  readonly uiNotAllowed: "ui_not_allowed";
  readonly interactionRequired: "interaction_required";
  readonly consentRequired: "consent_required";
  readonly loginRequired: "login_required";
  readonly badToken: "bad_token";
  readonly interruptedUser: "interrupted_user";
};
