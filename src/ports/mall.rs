//! What a mall knows of itself when it opens: what its own stream says.

use crate::domain::clock::Course;
use crate::domain::personality::Personalities;
use crate::domain::time::Timestamp;
use uuid::Uuid;

/// What a mall knows of itself when it opens.
#[derive(Clone, Debug)]
pub struct KnownMall {
    /// The journal's id, which is the id of the mall's stream.
    pub log_id: Uuid,
    /// Events in the mall's stream.
    pub version: u64,
    /// The course its clock was last set to; `None` when nobody has.
    pub course: Option<Course>,
    /// The version of the mall's stream that says so; 0 when none does.
    pub course_version: u64,
    /// How its participants behave.
    pub personalities: Personalities,
    /// When the newest event of the journal happened.
    pub newest: Timestamp,
}
