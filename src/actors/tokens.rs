//! The tokens of the staff: who is an administrator or a reader, and whether the mall asks at all.
//!
//! A mall is *open* while it has no token that is in use and no secret in its settings: then everybody who can reach it
//! may do everything. The first token closes it. Tokens are rows of the database; this is the memory of them that every
//! request is checked against, changed with the row and before the answer, so that a revoked token is refused at once.

use super::ask::DEADLINE;
use super::principal::{Credential, Principal};
use crate::actors::error::{NAME_MAX, TOKENS_MAX, TokenError};
use crate::domain::ids::CustomerId;
use crate::ports::changes::{Change, TokenRecord, TokenRole};
use crate::ports::journal::{Append, AppendError, Journal};
use crate::ports::reads::{ReadError, ReadModel};
use crate::ports::time::{Clock, Entropy};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use subtle::ConstantTimeEq;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use tokio::time::timeout;

/// A token that was just made, and what its holder has to show.
#[derive(Debug)]
pub struct NewToken {
    /// The token.
    pub record: TokenRecord,
    /// The secret. Nobody can find it out again.
    pub secret: String,
}

/// Why a mall does not start with its tokens.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Revoking the token would not take the secret from its holder.
    #[error(
        "PLAZA_ADMIN_TOKEN: is the secret of the token {0}, which is revoked by its name; set another secret, or none"
    )]
    SettingIsToken(Arc<str>),
    /// The customer would be an administrator.
    #[error("PLAZA_ADMIN_TOKEN: is the access token of customer {0}; set another secret, or none")]
    SettingIsCustomers(CustomerId),
    /// The read model could not answer.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The tokens in use, by the SHA-256 of their secrets.
type InUse = BTreeMap<[u8; 32], TokenRecord>;

/// Who is an administrator or a reader.
pub struct Tokens {
    /// SHA-256 of the secret in the settings.
    setting: Option<[u8; 32]>,
    in_use: RwLock<InUse>,
    /// One change at a time: a name is looked for, then written.
    changing: Arc<AsyncMutex<()>>,
}

impl Tokens {
    /// The tokens of a mall whose settings name `secret`, if any.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn load(secret: Option<&str>, reads: &dyn ReadModel) -> Result<Self, LoadError> {
        let (setting, tokens) = (secret.map(|secret| Sha256::digest(secret).into()), reads.tokens().await?);
        if let Some(token) = tokens.iter().find(|token| Some(token.hash) == setting) {
            return Err(LoadError::SettingIsToken(token.name.clone()));
        }
        if let Some(hash) = setting
            && let Some(customer) = reads.customer_by_token(hash).await?
        {
            return Err(LoadError::SettingIsCustomers(customer));
        }
        let in_use = tokens.into_iter().filter(|token| token.revoked_at.is_none());
        Ok(Self {
            setting,
            in_use: RwLock::new(in_use.map(|token| (token.hash, token)).collect()),
            changing: Arc::default(),
        })
    }

    /// Whether callers are asked who they are.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.setting.is_some() || self.read(|in_use| !in_use.is_empty())
    }

    /// How many tokens are in use, administrators' and readers'; the secret of the settings is none of them.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        self.read(|in_use| {
            let admins = in_use.values().filter(|token| token.role == TokenRole::Admin).count();
            (admins, in_use.len() - admins)
        })
    }

    /// Whether the settings name a secret.
    #[must_use]
    pub const fn has_setting(&self) -> bool {
        self.setting.is_some()
    }

    /// The member of the staff who showed a secret with this SHA-256.
    #[must_use]
    pub fn who(&self, hash: &[u8; 32]) -> Option<Principal> {
        if self.setting.is_some_and(|setting| bool::from(setting.ct_eq(hash))) {
            return Some(Principal::Admin(Credential::Setting));
        }
        // A caller chooses the secret and not its hash, so how long the look-up takes tells nothing of a token.
        self.read(|in_use| in_use.get(hash).map(principal))
    }

    /// What the credential of a member of the staff is called; `None` for the secret of the settings, and once revoked.
    #[must_use]
    pub fn name(&self, credential: Credential) -> Option<Arc<str>> {
        let Credential::Token(hash) = credential else { return None };
        self.read(|in_use| in_use.get(&hash).map(|token| token.name.clone()))
    }

    /// Whether what `principal` proved still counts: its token was not revoked, and an open mall was not closed.
    #[must_use]
    pub fn still_knows(&self, principal: Principal) -> bool {
        match principal {
            Principal::Open => !self.is_closed(),
            Principal::Anonymous | Principal::Customer(_) => true,
            Principal::Admin(Credential::Setting) | Principal::Reader(Credential::Setting) => self.setting.is_some(),
            Principal::Admin(Credential::Token(hash)) | Principal::Reader(Credential::Token(hash)) => {
                self.read(|in_use| in_use.contains_key(&hash))
            }
        }
    }

    /// One change at a time, and only while `by` is still known: whoever has just been revoked cannot take it back.
    async fn alone(&self, by: Option<Principal>) -> Result<OwnedMutexGuard<()>, TokenError> {
        let alone = self.changing.clone().lock_owned().await;
        if by.is_none_or(|by| self.still_knows(by)) { Ok(alone) } else { Err(TokenError::Gone) }
    }

    /// Makes a token for `by`, or for who holds the database of a stopped mall. From the answer on the mall is closed.
    ///
    /// A token without its answer would close the mall to everybody. So nothing is begun unless the journal has just
    /// written, and then the answer is waited for as long as it takes.
    ///
    /// # Errors
    /// [`TokenError::Name`], [`TokenError::Taken`], [`TokenError::TooMany`], [`TokenError::Gone`],
    /// [`TokenError::ReaderFirst`], [`TokenError::Unavailable`]; [`TokenError::Append`].
    #[allow(clippy::too_many_arguments, reason = "the ports of the mall come one by one")]
    pub async fn create(
        self: &Arc<Self>,
        by: Option<Principal>,
        name: &str,
        role: TokenRole,
        journal: &dyn Journal,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
        append: impl FnOnce(&NewToken) -> Append,
    ) -> Result<NewToken, TokenError> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        // Dots alone are no path segment, and a token is revoked by its path.
        if !(1..=NAME_MAX).contains(&name.len()) || !name.chars().all(is_name) || name.chars().all(|c| c == '.') {
            return Err(TokenError::Name);
        }
        let name: Arc<str> = Arc::from(name);
        let ready = async {
            let alone = self.alone(by).await?;
            journal.submit(Append::default()).await.unwrap_or(Err(AppendError::Closed))?;
            // Of a server's database the question is answered either way, and this is what it was found to be.
            if journal.is_available() { Ok(alone) } else { Err(TokenError::Unavailable) }
        };
        let alone = timeout(DEADLINE, ready).await.map_err(|_elapsed| TokenError::Unavailable)??;
        if self.read(|in_use| in_use.len() >= TOKENS_MAX) {
            return Err(TokenError::TooMany);
        }
        // Who holds the database of a stopped mall may know of a secret in its settings.
        if by.is_some() && role == TokenRole::Reader && !self.is_closed() {
            return Err(TokenError::ReaderFirst);
        }
        if self.named(&name).is_some() {
            return Err(TokenError::Taken(name));
        }
        let secret = format!("{}{}", prefix(role), HEXLOWER.encode(&entropy.secret()));
        let hash = Sha256::digest(&secret).into();
        let record = TokenRecord { hash, name, role, created_at: clock.now(), revoked_at: None };
        let new = NewToken { record, secret };
        let mut append = append(&new);
        append.changes.push(Change::Token(new.record.clone()));
        let record = new.record.clone();
        self.commit(journal, append, alone, move |in_use| drop(in_use.insert(hash, record))).await?;
        tracing::info!(name = %new.record.name, role = role.as_str(), "a token was made");
        Ok(new)
    }

    /// Revokes the token in use of this name for `by`, as [`Tokens::create`]. From the answer on it is refused.
    ///
    /// # Errors
    /// [`TokenError::Unknown`]; [`TokenError::Gone`]; [`TokenError::Last`] when the mall would be open and
    /// `stays_closed`;
    /// [`TokenError::LastAdmin`]; [`TokenError::Append`].
    pub async fn revoke(
        self: &Arc<Self>,
        by: Option<Principal>,
        name: &str,
        stays_closed: bool,
        journal: &dyn Journal,
        clock: &dyn Clock,
    ) -> Result<TokenRecord, TokenError> {
        let name: Arc<str> = Arc::from(name);
        let alone = self.alone(by).await?;
        let Some(mut record) = self.named(&name) else { return Err(TokenError::Unknown(name)) };
        let (admins, readers) = self.count();
        if stays_closed && self.setting.is_none() && admins + readers == 1 {
            return Err(TokenError::Last(name));
        }
        // Who holds the database of a stopped mall can always make another one.
        if by.is_some() && self.setting.is_none() && record.role == TokenRole::Admin && admins == 1 && readers > 0 {
            return Err(TokenError::LastAdmin(name));
        }
        record.revoked_at = Some(clock.now());
        let append = Append { changes: vec![Change::Token(record.clone())], ..Append::default() };
        let hash = record.hash;
        self.commit(journal, append, alone, move |in_use| drop(in_use.remove(&hash))).await?;
        tracing::info!(name = %record.name, role = record.role.as_str(), "a token was revoked");
        Ok(record)
    }

    /// Writes a change and then remembers it, whether or not its caller waits for that: a token that was revoked on
    /// disk alone would be good until the restart.
    async fn commit(
        self: &Arc<Self>,
        journal: &dyn Journal,
        append: Append,
        alone: OwnedMutexGuard<()>,
        remember: impl FnOnce(&mut InUse) + Send + 'static,
    ) -> Result<(), TokenError> {
        let (tokens, commit) = (self.clone(), journal.submit(append));
        let written = tokio::spawn(async move {
            let written = commit.await.unwrap_or(Err(AppendError::Closed)).inspect_err(AppendError::report);
            if written.is_ok() {
                tokens.write(remember);
            }
            drop(alone);
            written
        });
        // It only ends early with the process.
        Ok(written.await.unwrap_or(Err(AppendError::Closed))?)
    }

    fn named(&self, name: &str) -> Option<TokenRecord> {
        self.read(|in_use| in_use.values().find(|token| &*token.name == name).cloned())
    }

    fn read<T>(&self, look: impl FnOnce(&InUse) -> T) -> T {
        look(&self.in_use.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut InUse) -> T) -> T {
        change(&mut self.in_use.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn principal(token: &TokenRecord) -> Principal {
    let credential = Credential::Token(token.hash);
    match token.role {
        TokenRole::Admin => Principal::Admin(credential),
        TokenRole::Reader => Principal::Reader(credential),
    }
}

/// What every secret of a role starts with, so that one found in a log or a repository is recognised.
const fn prefix(role: TokenRole) -> &'static str {
    match role {
        TokenRole::Admin => "plz_adm_",
        TokenRole::Reader => "plz_rdr_",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::ports::journal::Commit;
    use std::sync::Mutex;
    use std::time::Duration;
    use tokio::sync::oneshot;
    use tokio::time::sleep;
    use uuid::Uuid;

    /// A journal that answers when it is told to.
    #[derive(Default)]
    struct Stuck(Mutex<Vec<oneshot::Sender<Result<(), AppendError>>>>);

    impl Journal for Stuck {
        fn submit(&self, _: Append) -> Commit {
            let (answer, commit) = oneshot::channel();
            self.0.lock().unwrap().push(answer);
            commit
        }

        fn head(&self) -> u64 {
            0
        }

        fn depth(&self) -> usize {
            0
        }

        fn is_available(&self) -> bool {
            true
        }
    }

    impl Stuck {
        /// Answers the append that waits.
        async fn answers(&self) {
            while self.0.lock().unwrap().is_empty() {
                sleep(Duration::from_millis(1)).await;
            }
            self.0.lock().unwrap().remove(0).send(Ok(())).unwrap();
        }
    }

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp(1)
        }
    }

    impl Entropy for Still {
        fn uuid(&self) -> Uuid {
            Uuid::nil()
        }

        fn secret(&self) -> [u8; 32] {
            [7; 32]
        }

        fn bits(&self) -> u64 {
            7
        }
    }

    fn open_mall() -> Arc<Tokens> {
        Arc::new(Tokens { setting: None, in_use: RwLock::default(), changing: Arc::default() })
    }

    async fn create(tokens: &Arc<Tokens>, journal: &Stuck) -> Result<NewToken, TokenError> {
        let append = |_: &NewToken| Append::default();
        tokens.create(Some(Principal::Open), "ann", TokenRole::Admin, journal, &Still, &Still, append).await
    }

    #[tokio::test(start_paused = true)]
    async fn no_token_is_begun_while_the_journal_stands_still() {
        let (tokens, journal) = (open_mall(), Stuck::default());
        assert!(matches!(create(&tokens, &journal).await, Err(TokenError::Unavailable)));
        assert_eq!(journal.0.lock().unwrap().len(), 1, "the question whether it writes, and nothing else");
        assert!(!tokens.is_closed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_was_begun_is_waited_for() {
        let (tokens, journal) = (open_mall(), Stuck::default());
        let stands_still = async {
            journal.answers().await;
            sleep(DEADLINE * 100).await;
            assert!(!tokens.is_closed());
            journal.answers().await;
        };
        let (made, ()) = tokio::join!(create(&tokens, &journal), stands_still);
        let hash: [u8; 32] = Sha256::digest(made.unwrap().secret).into();
        assert!(tokens.is_closed() && tokens.who(&hash).is_some());
    }
}
