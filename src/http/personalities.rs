//! `/stores/{id}/personality`, `/bank/personality`, `/personalities`, `/outages`: how stores and the bank behave.

use super::door::caller::Caller;
use super::door::fields::Object;
use super::door::json::{Json, RequestBody};
use super::door::reply::{Answer, no_content, ok, rendered, respond, unremembered};
use super::door::values::List;
use super::door::words::OutageMode;
use super::personality_body::{ParticipantPersonality, Personality, Who};
use super::state::State;
use crate::actors::mall::personalities::Behaves;
use crate::domain::clock::ADVANCE_MAX;
use crate::domain::participant::Participant;
use crate::domain::personality::{self, Known};
use crate::domain::time::duration;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::time::Duration;
use utoipa::ToSchema;

/// Has a store or the bank be out from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOutage {
    /// Who.
    #[schema(value_type = Who)]
    participant: Object<Who>,
    /// For how long, of the mall's time: a number with `ms`, `s`, `m`, `h` or `d`, at most 400 days.
    #[serde(rename = "for", deserialize_with = "span")]
    #[schema(value_type = String, pattern = "^0*[1-9][0-9]*(ms|s|m|h|d)$")]
    span: Duration,
    /// What becomes of the answers that are due meanwhile; `hold` when left out.
    mode: Option<OutageMode>,
}

impl RequestBody for NewOutage {}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    let span = duration(&text).map_err(serde::de::Error::custom)?;
    match span {
        Duration::ZERO => Err(serde::de::Error::custom("must be longer than nothing")),
        span if span > ADVANCE_MAX => Err(serde::de::Error::custom("must be at most 400 days")),
        span => Ok(span),
    }
}

/// How a store behaves.
#[utoipa::path(get, path = "/api/v1/stores/{id}/personality", tag = "personalities", responses((status = 200, body = Personality)))]
pub async fn get_store_personality(state: State, caller: Caller) -> Answer {
    get(&state, Participant::Store(caller.id("id")?)).await
}

/// Set how a store behaves, from now on.
///
/// The whole personality: what is left out is as Plaza itself behaves. Recorded in the journal as
/// `mall.personality_set`.
#[utoipa::path(put, path = "/api/v1/stores/{id}/personality", tag = "personalities", request_body = Personality, responses((status = 200, body = Personality)))]
pub async fn set_store_personality(state: State, caller: Caller, body: Json<Personality>) -> Answer {
    set(&state, &caller, Participant::Store(caller.id("id")?), body.value).await
}

/// Have a store behave as Plaza itself again.
#[utoipa::path(delete, path = "/api/v1/stores/{id}/personality", tag = "personalities", responses((status = 204)))]
pub async fn reset_store_personality(state: State, caller: Caller) -> Answer {
    reset(&state, &caller, Participant::Store(caller.id("id")?)).await
}

/// How the bank behaves.
#[utoipa::path(get, path = "/api/v1/bank/personality", tag = "personalities", responses((status = 200, body = Personality)))]
pub async fn get_bank_personality(state: State) -> Answer {
    get(&state, Participant::Bank).await
}

/// Set how the bank behaves, from now on.
///
/// As for a store.
#[utoipa::path(put, path = "/api/v1/bank/personality", tag = "personalities", request_body = Personality, responses((status = 200, body = Personality)))]
pub async fn set_bank_personality(state: State, caller: Caller, body: Json<Personality>) -> Answer {
    set(&state, &caller, Participant::Bank, body.value).await
}

/// Have the bank behave as Plaza itself again.
#[utoipa::path(delete, path = "/api/v1/bank/personality", tag = "personalities", responses((status = 204)))]
pub async fn reset_bank_personality(state: State, caller: Caller) -> Answer {
    reset(&state, &caller, Participant::Bank).await
}

/// List everybody who has a personality: the bank first, then stores by their ids.
#[utoipa::path(get, path = "/api/v1/personalities", tag = "personalities", responses((status = 200, body = List<ParticipantPersonality>)))]
pub async fn list_personalities(state: State) -> Answer {
    let items = state.mall.personalities().iter().map(ParticipantPersonality::from).collect();
    Ok(ok(None, &List { items, next_cursor: None }))
}

/// Have everybody behave as Plaza itself again.
#[utoipa::path(delete, path = "/api/v1/personalities", tag = "personalities", responses((status = 204)))]
pub async fn reset_personalities(state: State, caller: Caller) -> Answer {
    state.mall.reset_personalities(caller.admit(&state)?).await?;
    Ok(respond(no_content()))
}

/// Have a store or the bank be out from now on.
///
/// Beside what its personality is. `hold` answers when it is over, `refuse` refuses at once, `silent` never answers what
/// was due meanwhile. Orders still time out: an answer that is held beyond their `confirm_by` comes too late. Of outages at
/// the same time the earliest counts.
#[utoipa::path(post, path = "/api/v1/outages", tag = "personalities", request_body = NewOutage, responses((status = 201, body = ParticipantPersonality)))]
pub async fn add_outage(state: State, caller: Caller, body: Json<NewOutage>) -> Answer {
    let Json { value: NewOutage { participant: Object(who), span, mode }, raw } = body;
    let participant = who.into_domain()?;
    let mode = mode.map_or(personality::OutageMode::Hold, |mode| mode.0);
    let expect = caller.expected_versions()?;
    let given = caller.once(&state, &raw, async |ticket| {
        let responder = ticket.responder(|behaves: &Behaves| {
            rendered(201, Some(behaves.known.version), None, &ParticipantPersonality::from(behaves))
        });
        Ok(state.mall.add_outage(participant, span, mode, expect, responder, caller.admit(&state)?).await?)
    });
    Ok(given.await?.into())
}

async fn get(state: &State, participant: Participant) -> Answer {
    let Known { personality, version, .. } = state.mall.personality(participant).await?.known;
    Ok(ok(Some(version), &Personality::of(&personality)))
}

async fn set(state: &State, caller: &Caller, participant: Participant, personality: Personality) -> Answer {
    let (personality, expect) = (personality.into_domain()?, caller.expected_versions()?);
    let responder = unremembered(|behaves: &Behaves| {
        rendered(200, Some(behaves.known.version), None, &Personality::of(&behaves.known.personality))
    });
    Ok(respond(state.mall.set_personality(participant, personality, expect, responder, caller.admit(state)?).await?))
}

async fn reset(state: &State, caller: &Caller, participant: Participant) -> Answer {
    let expect = caller.expected_versions()?;
    state.mall.reset_personality(participant, expect, caller.admit(state)?).await?;
    Ok(respond(no_content()))
}
