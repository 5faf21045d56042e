//! The streams of outside services: requests, answers (commands), dead letters. Three of their own, so that limits and
//! rights can differ; none is needed for an inside order.

use crate::bus::broker::jetstream::JetStream;
use crate::bus::subject;
use crate::ports::feed::Undelivered;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream};
use std::time::Duration;

/// How long requests and answers are kept, and dead letters.
const KEPT: (Duration, Duration) = (Duration::from_hours(7 * 24), Duration::from_hours(30 * 24));
/// How much of the broker's disk the streams may take, bytes: what outside services send must not fill the store that
/// events need. The broker sets that much aside; one with a small store has room for the smaller sizes only.
const BYTES_MAX: [i64; 3] = [256 << 20, 64 << 20, 8 << 20];
/// How long the broker takes two answers with one id for the same; the shortest it knows. Ids of different services
/// may be the same.
const ANSWERS_DUPLICATE_WINDOW: Duration = Duration::from_millis(100);

/// Makes the streams that are missing; those that are there are the operator's to limit.
///
/// # Errors
/// The broker does not answer, or refuses; the text names the stream.
pub async fn make_missing(broker: &JetStream) -> Result<(), Undelivered> {
    let streams = [(subject::REQUESTS, KEPT.0), (subject::COMMANDS, KEPT.0), (subject::DEAD_LETTERS, KEPT.1)];
    for ((name, subjects), kept) in streams {
        if let Err(error) = make_unless_there(broker, name, subjects, kept).await {
            return Err(Undelivered(format!("the stream {name} cannot be made: {error}")));
        }
    }
    Ok(())
}

async fn make_unless_there(
    broker: &JetStream,
    name: &str,
    subjects: &str,
    kept: Duration,
) -> Result<(), async_nats::Error> {
    use async_nats::jetstream::context::GetStreamErrorKind as Kind;
    let missing = match broker.context().get_stream(name).await {
        Ok(Stream { .. }) => false,
        Err(error) => match error.kind() {
            Kind::JetStream(answer) if answer.error_code() == ErrorCode::STREAM_NOT_FOUND => true,
            _ => return Err(error.into()),
        },
    };
    if missing {
        let config = config(name, subjects, kept, broker.options().replicas);
        let max_bytes = make(broker, config).await?;
        tracing::info!(stream = name, max_bytes, "made a stream for outside services");
    }
    Ok(())
}

/// Makes a stream as large as the broker has room for, and answers how many bytes that are; 0 is no limit. A broker
/// that can set nothing aside still carries requests and answers.
async fn make(broker: &JetStream, config: Config) -> Result<i64, CreateStreamError> {
    for max_bytes in BYTES_MAX {
        match broker.context().create_stream(Config { max_bytes, ..config.clone() }).await {
            Ok(_) => return Ok(max_bytes),
            Err(error) if lacks_room(&error.kind()) => {
                tracing::warn!(stream = config.name, max_bytes, "the broker has no room for a stream this large");
            }
            Err(error) => return Err(error),
        }
    }
    tracing::warn!(stream = config.name, "the stream has no limit: what is sent to it can fill the broker's store");
    broker.context().create_stream(config).await?;
    Ok(0)
}

/// Whether a stream was not made because the broker cannot set aside as much.
fn lacks_room(error: &CreateStreamErrorKind) -> bool {
    let codes = [ErrorCode::STORAGE_RESOURCES_EXCEEDED, ErrorCode::INSUFFICIENT_RESOURCES];
    matches!(error, CreateStreamErrorKind::JetStream(error) if codes.contains(&error.error_code()))
}

fn config(name: &str, subjects: &str, kept: Duration, replicas: usize) -> Config {
    // Nothing is the broker's default.
    let duplicate_window = if name == subject::COMMANDS.0 { ANSWERS_DUPLICATE_WINDOW } else { Duration::ZERO };
    Config {
        name: name.to_owned(),
        subjects: vec![subjects.to_owned()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        num_replicas: replicas,
        max_age: kept,
        duplicate_window,
        ..Config::default()
    }
}
