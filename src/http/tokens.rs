//! `/tokens`: who is an administrator or a reader; and `/whoami`.

use super::door::caller::Caller;
use super::door::codes::Code;
use super::door::json::{Json, RequestBody};
use super::door::once::Given;
use super::door::problem::ApiError;
use super::door::reply::{Answer, no_content, ok, rendered, respond, to_json};
use super::door::seal::Seal;
use super::door::values::{List, Time};
use super::door::words::TokenRole;
use super::state::State;
use crate::actors::error::TokenError;
use crate::actors::principal::Principal;
use crate::actors::tokens::NewToken as Made;
use crate::ports::changes::TokenRecord;
use crate::ports::journal::Append;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longer than any journal stands still.
const HOWEVER_LONG: Duration = Duration::from_hours(24 * 365);

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Whose token it is, for the list and for revoking it.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    name: String,
    /// What its holder may do; `admin` when absent.
    role: Option<TokenRole>,
}

impl RequestBody for NewToken {}

/// A token of the staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token<'a> {
    /// Whose token it is.
    name: &'a str,
    /// What its holder may do.
    role: TokenRole,
    /// When it was made.
    #[schema(inline)]
    created_at: Time,
    /// When it was revoked; null while it is in use.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Time>,
}

impl<'a> From<&'a TokenRecord> for Token<'a> {
    fn from(record: &'a TokenRecord) -> Self {
        Self {
            name: &record.name,
            role: TokenRole(record.role),
            created_at: Time(record.created_at),
            revoked_at: record.revoked_at.map(Time),
        }
    }
}

/// A token that has just been made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    /// Whose token it is.
    name: String,
    /// What its holder may do.
    #[schema(value_type = TokenRole)]
    role: String,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// The secret, for `Authorization: Bearer …`. Absent when the answer is given again to somebody who does not prove
    /// to be the one it was given to.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhoAmI {
    /// Whether this mall asks who somebody is. An open mall lets everybody who can reach it do everything.
    closed: bool,
    /// `open` in an open mall; else `anonymous`, `customer`, `reader` or `admin`.
    role: &'static str,
    /// The name of the token; null for others, and for the administrator of the settings.
    name: Option<String>,
    /// The customer.
    customer_id: Option<Uuid>,
}

/// List the tokens of the staff, newest first; revoked ones stay in the list.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "operation", responses((status = 200, body = List<Token>)))]
pub async fn list_tokens(state: State) -> Answer {
    let tokens = state.reads.tokens().await?;
    Ok(ok(None, &List { items: tokens.iter().map(Token::from).collect(), next_cursor: None }))
}

/// Make a token. The answer holds its secret, once. The first token closes an open mall; it is an administrator's.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "operation", request_body = NewToken, responses((status = 201, body = MadeToken)))]
pub async fn create_token(state: State, caller: Caller, body: Json<NewToken>) -> Answer {
    let Json { value: NewToken { name, role }, raw } = body;
    let role = role.map_or(crate::ports::changes::TokenRole::Admin, |role| role.0);
    let seal = Seal::of(&caller)?;
    let mut secret = None;
    let given = caller.once(&state, &raw, async |ticket| {
        // The mall answers in time whether it begins; once it has begun, who asked must get the secret, however late.
        if !caller.may_wait(HOWEVER_LONG) {
            return Err(TokenError::TooLate.into());
        }
        let (mut reply, clock) = (no_content(), state.mall.clock());
        let remember = |made: &Made| {
            let sealed_token = seal.close(&made.secret);
            let responder = ticket.responder(|token: &TokenRecord| {
                rendered(201, None, None, &Remembered { token: token.into(), sealed_token })
            });
            let (rendered, idempotency) = responder.respond(&made.record, clock.wall());
            reply = rendered;
            Append { idempotency, ..Append::default() }
        };
        let (journal, entropy) = (state.mall.journal(), state.mall.entropy());
        let made = state.tokens.create(Some(caller.principal()), &name, role, journal, clock, entropy, remember).await;
        secret = Some(made.map_err(ApiError::from)?.secret);
        Ok(reply)
    });
    let given = given.await?;
    Ok(shown(given, secret, &seal)?.into())
}

/// What is remembered of a new token.
#[derive(Serialize)]
struct Remembered<'a> {
    #[serde(flatten)]
    token: Token<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_token: Option<String>,
}

#[derive(Deserialize)]
struct Recalled {
    name: String,
    role: String,
    created_at: String,
    sealed_token: Option<String>,
}

fn shown(mut given: Given, secret: Option<String>, seal: &Seal) -> Result<Given, ApiError> {
    let damaged = |error| ApiError::new(Code::InternalError, "a remembered token is damaged").caused_by(error);
    let stored: Recalled = serde_json::from_slice(&given.reply.body).map_err(damaged)?;
    let Recalled { name, role, created_at, sealed_token } = stored;
    let token = secret.or_else(|| sealed_token.and_then(|sealed| seal.open(&sealed)));
    given.reply.body = to_json(&MadeToken { name, role, created_at, token });
    Ok(given)
}

/// Revoke a token; from the answer on it is refused.
///
/// Revoking the last one opens a mall that only this machine reaches. Refused while other machines reach the mall, and for
/// the last administrator's token while readers have some.
#[utoipa::path(delete, path = "/api/v1/tokens/{name}", tag = "operation", responses((status = 204)))]
pub async fn revoke_token(state: State, caller: Caller) -> Answer {
    let (name, others_reach_it) = (caller.segment("name"), state.settings.others_reach_it);
    let (by, journal, clock) = (Some(caller.principal()), state.mall.journal(), state.mall.clock());
    state.tokens.revoke(by, name, others_reach_it, journal, clock).await?;
    Ok(respond(no_content()))
}

/// Tell who the caller is.
#[utoipa::path(get, path = "/api/v1/whoami", tag = "operation", responses((status = 200, body = WhoAmI)))]
pub async fn who_am_i(state: State, caller: Caller) -> Answer {
    let principal = caller.principal();
    let (role, credential, customer_id) = match principal {
        Principal::Open => ("open", None, None),
        Principal::Anonymous => ("anonymous", None, None),
        Principal::Customer(id) => ("customer", None, Some(id.0)),
        Principal::Reader(credential) => ("reader", Some(credential), None),
        Principal::Admin(credential) => ("admin", Some(credential), None),
    };
    let name = credential.and_then(|credential| state.tokens.name(credential)).map(|name| name.to_string());
    Ok(ok(None, &WhoAmI { closed: state.tokens.is_closed(), role, name, customer_id }))
}
