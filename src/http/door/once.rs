//! Changes that happen once per `Idempotency-Key`: a request repeated under its key gets the first answer again.

use super::caller::Caller;
use super::codes::Code;
use super::problem::ApiError;
use crate::actors::admission::Admitted;
use crate::actors::ask::in_time;
use crate::actors::idempotency::Claim;
use crate::actors::principal::{Credential, Principal};
use crate::http::state::HttpState;
use crate::ports::journal::{Append, AppendError};
use crate::ports::reply::{IdempotencyKey, KeyGuard, Reply, Responder};
use actix_web::http::header::HeaderName;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The longest idempotency key, characters.
const KEY_MAX: usize = 200;

/// The turn of a request that may run: what its answer is remembered under.
pub struct Ticket {
    claim: Option<(IdempotencyKey, KeyGuard)>,
}

impl Ticket {
    /// A responder that remembers what `render` answers.
    pub fn responder<S>(&self, render: impl FnOnce(&S) -> Reply + Send + 'static) -> Responder<S> {
        Responder::new(self.claim.clone(), render)
    }

    /// What a step of the request is let in with: the key stays taken until the append of the step is answered, however
    /// long that takes and whether or not anybody still waits for it.
    pub fn step(&self, mut admitted: Admitted) -> Admitted {
        if let Some((_, key)) = &self.claim {
            admitted.permit.keep(key.clone());
        }
        admitted
    }

    /// The correlation id of what is done for the request: the same whenever it comes again under its key.
    pub fn correlation_id(&self, caller: &Caller) -> Uuid {
        let Some((key, _)) = &self.claim else { return caller.request_id() };
        let hash: [u8; 32] = Sha256::digest(key.key).into();
        Builder::from_custom_bytes(*hash.first_chunk().unwrap_or(&[0; 16])).into_uuid()
    }

    /// Remembers the reply of a request that needed several appends, and answers it.
    ///
    /// A crash before this leaves some of the appends done and no reply: the repeated request does the rest.
    ///
    /// # Errors
    /// The journal does not take it.
    pub async fn commit(&self, state: &HttpState, reply: Reply) -> Result<Reply, ApiError> {
        let (reply, idempotency) =
            self.responder(|reply: &Reply| reply.clone()).respond(&reply, state.mall.clock().wall());
        if idempotency.is_some() {
            let append = Append { idempotency, ..Append::default() };
            let commit = state.mall.journal().submit(append);
            in_time(async { Ok(commit.await.unwrap_or(Err(AppendError::Closed))?) }).await?;
        }
        Ok(reply)
    }
}

/// A reply, and whether it was given before.
pub struct Given {
    /// The reply.
    pub reply: Reply,
    /// Whether it was given before, under the same idempotency key.
    pub replayed: bool,
}

impl Caller {
    /// The idempotency key as the caller sent it.
    ///
    /// # Errors
    /// 400 when it is not 1 to 200 visible ASCII characters.
    pub fn idempotency_key(&self) -> Result<Option<&str>, ApiError> {
        let mut keys = self.0.headers().get_all(HeaderName::from_static("idempotency-key"));
        let Some(key) = keys.next() else { return Ok(None) };
        let key = key
            .to_str()
            .ok()
            .filter(|_| keys.next().is_none())
            .filter(|key| (1..=KEY_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
        let wrong = || format!("Idempotency-Key must be one, of 1 to {KEY_MAX} visible ASCII characters");
        key.map(Some).ok_or_else(|| ApiError::new(Code::InvalidHeader, wrong()))
    }

    /// Runs a change once per idempotency key: a repeated request gets the first answer again.
    ///
    /// # Errors
    /// What `run` fails with; 401 when who asks is not known any more; 422 when the key stands for another request.
    pub async fn once(
        &self,
        state: &HttpState,
        raw: &[u8],
        run: impl AsyncFnOnce(&Ticket) -> Result<Reply, ApiError>,
    ) -> Result<Given, ApiError> {
        let Some(key) = self.hashed_key(raw)? else {
            self.check_stands(state)?;
            let ticket = Ticket { claim: None };
            return Ok(Given { reply: run(&ticket).await?, replayed: false });
        };
        let claim = in_time(state.mall.keys().claim(key, &*state.reads)).await?;
        self.check_stands(state)?;
        match claim {
            Claim::Replay(reply) => Ok(Given { reply, replayed: true }),
            Claim::First(guard) => {
                let ticket = Ticket { claim: Some((key, guard)) };
                match run(&ticket).await {
                    // Where two processes took one key, the other's reply stands.
                    Err(failed) if failed.code() == Code::Unavailable => {
                        let stored = state.reads.idempotent_reply(key.key).await?;
                        let stored = stored.filter(|stored| stored.request_hash == key.request_hash);
                        stored.map(|stored| Given { reply: stored.reply, replayed: true }).ok_or(failed)
                    }
                    done => Ok(Given { reply: done?, replayed: false }),
                }
            }
        }
    }

    fn hashed_key(&self, raw: &[u8]) -> Result<Option<IdempotencyKey>, ApiError> {
        let Some(key) = self.idempotency_key()? else { return Ok(None) };
        let mut hash = Sha256::new();
        match self.principal() {
            Principal::Open => hash.update(b"open"),
            Principal::Anonymous => hash.update(b"anonymous"),
            Principal::Admin(Credential::Setting) | Principal::Reader(Credential::Setting) => hash.update(b"admin"),
            Principal::Admin(Credential::Token(token)) | Principal::Reader(Credential::Token(token)) => {
                hash.update(token);
            }
            Principal::Customer(id) => hash.update(id.0.as_bytes()),
        }
        hash.update([0]);
        hash.update(key);
        let mut request = Sha256::new();
        for part in [self.0.method().as_str(), self.0.path()] {
            request.update(part);
            request.update([0]);
        }
        request.update(raw);
        Ok(Some(IdempotencyKey { key: hash.finalize().into(), request_hash: request.finalize().into() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn caller(name: &'static str, value: &str) -> Caller {
        Caller(TestRequest::default().insert_header((name, value)).to_http_request())
    }

    #[test]
    fn idempotency_keys_are_visible_ascii() {
        assert_eq!(caller("idempotency-key", "a-1").idempotency_key().unwrap(), Some("a-1"));
        for wrong in ["", "a b", &"k".repeat(201)] {
            assert_eq!(caller("idempotency-key", wrong).idempotency_key().unwrap_err().code(), Code::InvalidHeader);
        }
    }
}
