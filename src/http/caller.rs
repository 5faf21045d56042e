//! Who asks, and what the headers of a request say: principal, `If-Match`, `Prefer`, `Idempotency-Key`.

use super::HttpState;
use super::etags::{Tags, condition, unquoted};
use super::problem::{ApiError, Code};
use crate::actors::admission::Admitted;
use crate::actors::ask::in_time;
use crate::actors::idempotency::Claim;
use crate::actors::principal::{Credential, Principal};
use crate::actors::versions::Versions;
use crate::domain::ids::CustomerId;
use crate::ports::journal::Cause;
use crate::ports::reply::{IdempotencyKey, KeyGuard, Reply, Responder};
use actix_web::http::header::{self, Accept, Header, HeaderName, HeaderValue, Quality};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tracing_actix_web::RequestId;
use uuid::Uuid;

/// Marks an answer that was given before, under the same idempotency key.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Says how long an answer waited at most (RFC 7240, 3).
pub const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// The longest idempotency key, characters.
const KEY_MAX: usize = 200;
/// The longest a request waits for a verdict (`Prefer: wait`), seconds; proxies give up soon after.
const WAIT_MAX_S: u64 = 60;

/// The caller of a request.
#[derive(Clone)]
pub struct Caller(HttpRequest);

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // `auth` puts it there for every route; a handler that is served past it does not run.
        let known = request.extensions().get::<Principal>().is_some();
        ready(if known { Ok(Self(request.clone())) } else { Err(Code::InternalError.into()) })
    }
}

/// The turn of a request that may run: what its answer is remembered under.
pub struct Ticket {
    claim: Option<(IdempotencyKey, KeyGuard)>,
}

impl Ticket {
    /// A responder that remembers what `render` answers.
    pub fn responder<S>(&self, render: impl FnOnce(&S) -> Reply + Send + 'static) -> Responder<S> {
        Responder::new(self.claim.clone(), render)
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
    /// Who asks.
    #[must_use]
    pub fn principal(&self) -> Principal {
        self.0.extensions().get::<Principal>().copied().unwrap_or(Principal::Anonymous)
    }

    /// Passes when what belongs to `customer` may be seen; otherwise it does not exist for this caller.
    ///
    /// # Errors
    /// The problem `unknown`, a 404.
    pub fn check_sees(&self, customer: CustomerId, unknown: Code) -> Result<(), ApiError> {
        if self.principal().may_see(customer) { Ok(()) } else { Err(unknown.into()) }
    }

    /// Passes when the caller may name `customer` in a body; other customers do not exist for a customer.
    ///
    /// # Errors
    /// 422 at `/customer_id`.
    pub fn check_named(&self, customer: CustomerId) -> Result<(), ApiError> {
        if self.principal().may_act_for(customer) {
            return Ok(());
        }
        Err(ApiError::invalid("/customer_id", "unknown_customer", format!("there is no customer {customer}")))
    }

    /// The customer a list is limited to: a customer sees only what is its own.
    ///
    /// # Errors
    /// 404 when a customer asks for another one's list.
    pub fn limit_to(&self, asked: Option<Uuid>) -> Result<Option<CustomerId>, ApiError> {
        match (self.principal(), asked.map(CustomerId)) {
            (Principal::Open | Principal::Reader(_) | Principal::Admin(_), asked) => Ok(asked),
            (Principal::Customer(own), None) => Ok(Some(own)),
            (Principal::Customer(own), Some(asked)) if own == asked => Ok(Some(own)),
            (Principal::Customer(_) | Principal::Anonymous, _) => Err(Code::UnknownCustomer.into()),
        }
    }

    /// The id of the request, which logs and problems carry.
    #[must_use]
    pub fn request_id(&self) -> Uuid {
        self.0.extensions().get::<RequestId>().map_or_else(Uuid::nil, |id| (*id).into())
    }

    /// Passes while what the caller proved still counts. Asked again where something is done: between the head of a
    /// request and its body its token may be revoked, or an open mall closed.
    fn check_stands(&self, state: &HttpState) -> Result<(), ApiError> {
        if state.tokens.still_knows(self.principal()) { Ok(()) } else { Err(Code::Unauthorized.into()) }
    }

    /// Asks the mall to let the request in.
    ///
    /// # Errors
    /// 401 when who asks is not known any more; 503 when the mall is busy.
    pub fn admit(&self, state: &HttpState) -> Result<Admitted, ApiError> {
        self.check_stands(state)?;
        let correlation_id = self.request_id();
        let causation_id = Arc::from(format!("req-{correlation_id}").as_str());
        let cause = Cause { correlation_id, causation_id };
        Ok(state.mall.admit(cause, self.principal())?)
    }

    /// An id of the path.
    ///
    /// # Errors
    /// 400 when it is not a UUID.
    pub fn id<T: FromStr>(&self, name: &'static str) -> Result<T, ApiError> {
        let raw = self.0.match_info().get(name).unwrap_or_default();
        raw.parse().map_err(|_| ApiError::new(Code::InvalidId, format!("{name} must be a UUID")))
    }

    /// A variable part of the path.
    #[must_use]
    pub fn segment(&self, name: &'static str) -> &str {
        self.0.match_info().get(name).unwrap_or_default()
    }

    /// A header as it was sent.
    #[must_use]
    pub fn header_value(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.0.headers().get(name)
    }

    /// The versions the caller insists on (`If-Match: "v3"`); `None` without the header, or with `*`. A weak tag matches
    /// nothing (RFC 9110, 13.1.1), nor does one that Plaza never gave.
    ///
    /// # Errors
    /// 400 when it is no list of entity tags.
    pub fn expected_versions(&self) -> Result<Option<Versions>, ApiError> {
        let tags = self.expected_tags()?;
        Ok(tags.map(|tags| tags.iter().filter_map(|tag| version_of(tag)).collect()))
    }

    /// The strong entity tags of `If-Match`, without their quotes; `None` without the header, or with `*`.
    ///
    /// # Errors
    /// 400 when it is no list of entity tags.
    pub fn expected_tags(&self) -> Result<Option<Vec<String>>, ApiError> {
        if self.0.headers().contains_key(header::IF_NONE_MATCH) {
            let detail = "If-None-Match is for reading; what a change is meant for is said by If-Match";
            return Err(ApiError::new(Code::InvalidHeader, detail));
        }
        match condition(self.0.headers(), &header::IF_MATCH) {
            Ok(None | Some(Tags::Any)) => Ok(None),
            Ok(Some(Tags::These(tags))) => {
                Ok(Some(tags.into_iter().filter(|tag| !tag.weak).map(|tag| tag.tag().to_owned()).collect()))
            }
            Err(()) => {
                let detail = "If-Match must be * or entity tags like \"v3\", as in the ETag";
                Err(ApiError::new(Code::InvalidHeader, detail))
            }
        }
    }

    /// How long the caller prefers to wait for a verdict (`Prefer: wait=10`, RFC 7240), at most [`WAIT_MAX_S`].
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        let preferences = self.0.headers().get_all(HeaderName::from_static("prefer"));
        let texts = preferences.filter_map(|value| value.to_str().ok());
        let mut words =
            texts.flat_map(|value| unquoted(value, ',')).map(|one| unquoted(one, ';').next().unwrap_or_default());
        // A preference that can not be read is no preference (RFC 7240, section 2).
        let seconds = words.find_map(|word| {
            let (name, value) = word.split_once('=')?;
            let value = value.trim().trim_matches('"');
            let is_wait = name.trim().eq_ignore_ascii_case("wait");
            let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            (is_wait && is_number).then(|| value.parse().unwrap_or(WAIT_MAX_S))
        })?;
        Some(Duration::from_secs(seconds.min(WAIT_MAX_S)))
    }

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

    /// What the caller prefers of `offers`, media types of which the first is sent to whoever has no preference (RFC
    /// 9110, 12.5.1).
    #[must_use]
    pub fn preferred<'a>(&self, offers: &[&'a str]) -> &'a str {
        let accept = if self.0.headers().contains_key(header::ACCEPT) { Accept::parse(&self.0).ok() } else { None };
        let weight = |offer: &str| accept.as_ref().map_or(Quality::MAX, |accept| weight(accept, offer));
        // Of equals the first.
        offers.iter().rev().copied().max_by_key(|offer| weight(offer)).unwrap_or_default()
    }
}

/// The version a strong entity tag of Plaza names: `v3`, or `v3.` and what tells one representation from another.
#[must_use]
pub fn version_of(tag: &str) -> Option<u64> {
    let digits = tag.strip_prefix('v')?.split('.').next()?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// How much a media type is wanted: what the narrowest range that takes it in says.
fn weight(accept: &Accept, offer: &str) -> Quality {
    let whole = |range: &str| if range == offer { 2 } else { u8::from(range != "*/*") };
    let takes_in = |range: &str| match range.strip_suffix('*') {
        Some(kind) => range == "*/*" || offer.starts_with(kind),
        None => range == offer,
    };
    let ranges = accept.iter().map(|range| (range.item.essence_str(), range.quality));
    let narrowest = ranges.filter(|(range, _)| takes_in(range)).max_by_key(|(range, quality)| (whole(range), *quality));
    narrowest.map_or(Quality::ZERO, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn caller(name: &'static str, value: &str) -> Caller {
        Caller(TestRequest::default().insert_header((name, value)).to_http_request())
    }

    #[test]
    fn if_match_is_a_list_of_versions_anything_or_refused() {
        let versions = |value: &str| caller("if-match", value).expected_versions().unwrap();
        let of = |versions: &[u64]| Some(versions.iter().copied().collect::<Versions>());
        assert_eq!(versions("\"v3\""), of(&[3]));
        assert_eq!(versions("\"v3\", \"v9\""), of(&[3, 9]));
        assert_eq!(versions("*"), None);
        assert_eq!(caller("x", "y").expected_versions().unwrap(), None);
        for foreign in ["\"3\"", "\"v\"", "\"v+3\"", "W/\"v3\"", "\"v99999999999999999999\"", "\"zzz\""] {
            assert_eq!(versions(foreign), of(&[]), "{foreign}");
        }
        let refused = caller("if-match", "v3").expected_versions().unwrap_err();
        assert_eq!(refused.code(), Code::InvalidHeader);
    }

    #[test]
    fn what_is_sent_is_what_is_wanted_most() {
        let (json, csv) = ("application/json", "text/csv");
        for (accept, sent) in [
            ("", json),
            ("*/*", json),
            ("text/csv", csv),
            ("text/*", csv),
            ("application/json, text/csv;q=0", json),
            ("application/json;q=0.9, text/csv;q=0.2", json),
            ("application/json;q=0.1, text/csv;q=0.2", csv),
            ("application/json, text/csv", json),
            ("*/*;q=0.1, text/csv", csv),
            ("text/*, text/csv;q=0", json),
            ("text/html, */*;q=0.8", json),
            ("nonsense", json),
        ] {
            assert_eq!(caller("accept", accept).preferred(&[json, csv]), sent, "{accept}");
        }
    }

    #[test]
    fn prefer_wait_is_capped_and_nonsense_ignored() {
        assert_eq!(caller("prefer", "respond-async, wait=10").patience(), Some(Duration::from_secs(10)));
        assert_eq!(caller("prefer", "wait=3600").patience(), Some(Duration::from_secs(WAIT_MAX_S)));
        assert_eq!(caller("prefer", "wait=99999999999999999999").patience(), Some(Duration::from_secs(WAIT_MAX_S)));
        assert_eq!(caller("prefer", "wait=soon").patience(), None);
        assert_eq!(caller("prefer", "wait=").patience(), None);
        assert_eq!(caller("prefer", "other=\"a, wait=1\"; wait=2").patience(), None);
        assert_eq!(caller("prefer", "wait=\"10\"; really=yes").patience(), Some(Duration::from_secs(10)));
    }

    #[test]
    fn idempotency_keys_are_visible_ascii() {
        assert_eq!(caller("idempotency-key", "a-1").idempotency_key().unwrap(), Some("a-1"));
        for wrong in ["", "a b", &"k".repeat(201)] {
            assert_eq!(caller("idempotency-key", wrong).idempotency_key().unwrap_err().code(), Code::InvalidHeader);
        }
    }
}
