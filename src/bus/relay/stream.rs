//! The stream that holds the journal: made, checked, and read back from its end.
//!
//! Only relays write to it, one event a message, each fenced by the sequence before it. So its end is the truth about
//! how far the relay is, and its sequences are the journal's positions.

use crate::bus::broker::jetstream::JetStream;
use crate::bus::envelope::EventId;
use crate::bus::subject;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, PersistenceMode, RawMessageErrorKind, RetentionPolicy, StorageType, Stream,
};
use std::fmt::Display;
use std::time::Duration;
use uuid::Uuid;

/// How long the broker remembers ids. Only a second belt: events are kept apart by their sequence.
const DUPLICATE_WINDOW: Duration = Duration::from_mins(2);
/// Where the stream's metadata name the journal it holds; servers before 2.10 do not keep them.
const LOG_ID_KEY: &str = "plaza_log_id";
/// "replicas > 1 not supported in non-clustered mode" (nats-server `server/errors.json`).
const REPLICAS_NEED_A_CLUSTER: ErrorCode = ErrorCode(10074);

/// Why the relay cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The broker or the database did not answer as hoped; trying again helps.
    #[error("{0}")]
    Unavailable(String),
    /// Going on would do harm; the text says what to do.
    #[error("{0}")]
    Halt(String),
}

impl Trouble {
    pub(super) fn unavailable(what: &str, error: impl Display) -> Self {
        Self::Unavailable(format!("{what}: {error}"))
    }
}

/// The stream, found fit.
pub struct EventStream {
    stream: Stream,
    /// Whether it takes batches that are stored as a whole or not at all.
    pub atomic: bool,
    /// Whether what it acknowledged survives a power cut, as far as this process can know.
    pub durable: bool,
}

/// The end of the stream.
#[derive(Clone, Debug)]
pub struct Tail {
    /// The sequence of the last message, 0 before the first.
    pub sequence: u64,
    /// The position of the event in it.
    pub position: u64,
    /// The message itself; `None` when the stream is empty.
    pub message: Option<StreamMessage>,
}

impl EventStream {
    /// Finds or makes the stream and checks that it is fit to hold the journal `log_id`.
    ///
    /// # Errors
    /// [`Trouble::Halt`] for a stream that is not; [`Trouble::Unavailable`] when the broker does not answer.
    pub async fn open(broker: &JetStream, log_id: Uuid) -> Result<Self, Trouble> {
        let stream = match broker.context().get_stream(subject::STREAM).await {
            Ok(stream) => stream,
            Err(error) if is_missing(&error.kind()) => {
                let config = config(broker.options().replicas, log_id);
                let made = broker.context().create_stream(config).await.map_err(|error| not_made(&error))?;
                tracing::warn!(stream = subject::STREAM, "the broker had no stream of events; it was made");
                made
            }
            Err(error) => return Err(Trouble::unavailable("the stream could not be looked at", error)),
        };
        let Info { config, state, .. } = stream.cached_info();
        check(config, log_id).map_err(Trouble::Halt)?;
        if let Some(lost) = state.deleted_count.filter(|lost| *lost > 0) {
            return halt(&format!("has lost {lost} events in its middle; delete it, and it is filled again"));
        }
        let is_guarded = config.deny_delete && config.deny_purge;
        let is_kept = config.num_replicas >= broker.options().replicas && persists(config);
        let (atomic, durable) = (config.allow_atomic_publish, broker.options().sync_always && is_guarded && is_kept);
        Ok(Self { stream, atomic, durable })
    }

    /// Reads where the stream ends.
    ///
    /// # Errors
    /// [`Trouble::Halt`] when its last message is no event of the journal `log_id`; [`Trouble::Unavailable`] when the
    /// broker does not answer.
    pub async fn tail(&self, log_id: Uuid) -> Result<Tail, Trouble> {
        let info = self.stream.cached_info();
        let sequence = info.state.last_sequence;
        if sequence == 0 {
            return Ok(Tail { sequence, position: 0, message: None });
        }
        if info.state.messages == 0 {
            // Everything has expired: what is left is the number of events, and whose they were.
            return match info.config.metadata.get(LOG_ID_KEY) {
                Some(owner) if *owner == log_id.to_string() => Ok(Tail { sequence, position: sequence, message: None }),
                _ => halt("is empty but was used; nothing tells by which journal; delete it, and it is filled again"),
            };
        }
        let message = self.stream.get_raw_message(sequence).await.map_err(|error| match error.kind() {
            // Another relay, a new leader or a limit was faster.
            RawMessageErrorKind::NoMessageFound => Trouble::Unavailable("the end of the stream has moved".to_owned()),
            _ => Trouble::unavailable("the end of the stream could not be read", error),
        })?;
        let id = message.headers.get("ce-id").and_then(|id| id.as_str().parse::<EventId>().ok());
        match id {
            Some(id) if id.log_id == log_id => Ok(Tail { sequence, position: id.position, message: Some(message) }),
            Some(id) => halt(&format!("belongs to another journal, {}; {USE_ANOTHER}", id.log_id)),
            None => halt(&format!("ends in a message that no relay wrote (sequence {sequence}); {USE_ANOTHER}")),
        }
    }
}

const USE_ANOTHER: &str = "use another broker or account, or delete the stream";

fn halt<T>(what: &str) -> Result<T, Trouble> {
    Err(Trouble::Halt(format!("the stream {} {what}", subject::STREAM)))
}

fn is_missing(error: &GetStreamErrorKind) -> bool {
    matches!(error, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn not_made(error: &CreateStreamError) -> Trouble {
    let code = match error.kind() {
        CreateStreamErrorKind::JetStream(error) => Some(error.error_code()),
        _ => None,
    };
    let what = format!("the stream {} could not be made: {error}", subject::STREAM);
    if code == Some(ErrorCode::STREAM_SUBJECT_OVERLAP) {
        return Trouble::Halt(format!("{what}; another stream takes {}: delete it or change it", subject::EVENTS));
    }
    if code == Some(REPLICAS_NEED_A_CLUSTER) {
        return Trouble::Halt(format!("{what}; lower PLAZA_NATS_REPLICAS or run a cluster"));
    }
    Trouble::Unavailable(what)
}

/// The stream as it has to be. Limits on size and age are the operator's.
fn config(replicas: usize, log_id: Uuid) -> Config {
    Config {
        name: subject::STREAM.to_owned(),
        subjects: vec![subject::EVENTS.to_owned()],
        description: Some("the journal of a Plaza mall; written by its relay only".to_owned()),
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        num_replicas: replicas,
        duplicate_window: DUPLICATE_WINDOW,
        allow_direct: true,
        allow_atomic_publish: true,
        deny_delete: true,
        deny_purge: true,
        metadata: [(LOG_ID_KEY.to_owned(), log_id.to_string())].into(),
        ..Config::default()
    }
}

/// What makes a stream unfit: it would lose, change, refuse or mix up events.
fn check(config: &Config, log_id: Uuid) -> Result<(), String> {
    let owner = config.metadata.get(LOG_ID_KEY);
    let faults = [
        (config.storage != StorageType::File, "keeps its messages in memory"),
        (config.retention != RetentionPolicy::Limits, "removes messages when they are consumed"),
        (config.subjects != [subject::EVENTS], "has other subjects than plaza.evt.>"),
        (config.discard != DiscardPolicy::Old, "refuses new messages when it is full"),
        (config.max_messages_per_subject > 0, "keeps only some messages a subject"),
        (config.sealed || config.no_ack, "is sealed or does not acknowledge"),
        (config.mirror.is_some() || config.sources.is_some(), "copies another stream"),
        (config.subject_transform.is_some(), "renames subjects"),
        (config.first_sequence.is_some_and(|first| first > 1), "does not count from 1"),
        (owner.is_some_and(|owner| *owner != log_id.to_string()), "belongs to another journal"),
    ];
    match faults.iter().find(|(is_so, _)| *is_so) {
        Some((_, fault)) => Err(format!("the stream {} {fault}; {USE_ANOTHER}", subject::STREAM)),
        None => Ok(()),
    }
}

/// Whether messages are in the file before they are acknowledged.
fn persists(config: &Config) -> bool {
    !matches!(config.persist_mode, Some(PersistenceMode::Async))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_we_make_is_fit() {
        assert_eq!(check(&config(3, Uuid::nil()), Uuid::nil()), Ok(()));
        // A server before 2.10 forgets the metadata.
        assert_eq!(check(&Config { metadata: [].into(), ..config(1, Uuid::nil()) }, Uuid::nil()), Ok(()));
    }

    #[test]
    fn unfit_streams_are_refused_by_name() {
        let fit = || config(1, Uuid::nil());
        let unfit = [
            Config { storage: StorageType::Memory, ..fit() },
            Config { retention: RetentionPolicy::WorkQueue, ..fit() },
            Config { retention: RetentionPolicy::Interest, ..fit() },
            Config { subjects: vec!["plaza.>".to_owned()], ..fit() },
            Config { subjects: vec![subject::EVENTS.to_owned(), "more".to_owned()], ..fit() },
            Config { discard: DiscardPolicy::New, ..fit() },
            Config { max_messages_per_subject: 1, ..fit() },
            Config { no_ack: true, ..fit() },
            Config { sources: Some(vec![]), ..fit() },
            Config { first_sequence: Some(9), ..fit() },
            config(1, Uuid::max()),
        ];
        for config in unfit {
            let error = check(&config, Uuid::nil()).unwrap_err();
            assert!(error.starts_with("the stream PLAZA_EVENTS "), "{error}");
        }
    }
}
