//! Secrets in answers that are remembered under an idempotency key.
//!
//! The database never holds a secret in clear. What is remembered of one is sealed with the token the caller proved to
//! hold and its idempotency key, neither of which the database has: a caller that lost the answer and asks again, as
//! the same, gets the same secret; a reader of the database gets none. A caller that proved nothing cannot be told from
//! another, so its secret is not remembered at all.

use super::auth::bearer;
use super::caller::Caller;
use super::problem::ApiError;
use crate::actors::principal::Principal;
use actix_web::http::header;
use data_encoding::HEXLOWER;

/// Seals one secret; a one-time pad, because a caller's key stands for one request.
pub struct Seal(Option<[u8; 32]>);

impl Seal {
    /// The seal of a caller's request.
    ///
    /// # Errors
    /// 400 for a damaged idempotency key.
    pub fn of(caller: &Caller) -> Result<Self, ApiError> {
        let key = caller.idempotency_key()?;
        let token = caller.header_value(&header::AUTHORIZATION).and_then(bearer);
        let proved = !matches!(caller.principal(), Principal::Open | Principal::Anonymous);
        Ok(Self(token.zip(key).filter(|_| proved).map(|(token, key)| pad(token, key))))
    }

    /// The secret as it may be remembered.
    #[must_use]
    pub fn close(&self, secret: &str) -> Option<String> {
        self.0.map(|pad| HEXLOWER.encode(&apply(&pad, secret.as_bytes())))
    }

    /// The secret that was remembered.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<String> {
        let bytes = HEXLOWER.decode(sealed.as_bytes()).ok()?;
        String::from_utf8(apply(&self.0?, &bytes)).ok()
    }
}

fn pad(token: &str, key: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("plaza 2026-11-26 secrets in remembered answers");
    hasher.update(token.as_bytes()).update(&[0]).update(key.as_bytes());
    hasher.finalize().into()
}

fn apply(pad: &[u8; 32], bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0; bytes.len()];
    blake3::Hasher::new_keyed(pad).finalize_xof().fill(&mut stream);
    bytes.iter().zip(stream).map(|(byte, pad)| byte ^ pad).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_with_token_and_key_only() {
        let seal = |token, key| Seal(Some(pad(token, key)));
        let sealed = seal("token", "key").close("plz_cus_5ec2e7").unwrap();
        assert!(!sealed.contains("5ec2e7"));
        assert_eq!(seal("token", "key").open(&sealed).as_deref(), Some("plz_cus_5ec2e7"));
        assert_ne!(seal("token", "other").open(&sealed).as_deref(), Some("plz_cus_5ec2e7"));
        assert_ne!(seal("other", "key").open(&sealed).as_deref(), Some("plz_cus_5ec2e7"));
        assert_eq!(Seal(None).close("secret"), None);
        assert_eq!(Seal(None).open(&sealed), None);
    }
}
