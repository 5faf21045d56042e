//! The mall that a world begins as, when its place holds one.

use crate::db::open;
use crate::db::open::OpenError;
use crate::db::place::Place;
use crate::db::reads;
use crate::domain::money::Currency;
use crate::domain::time::Timestamp;
use crate::ports::reads::LogIdentity;

/// A mall that was there before its world.
pub(super) struct Begun {
    /// What it trades in.
    pub(super) currency: Currency,
    /// When its newest event happened.
    pub(super) newest: Timestamp,
    /// Its newest position.
    pub(super) position: u64,
    /// Events in its own stream.
    pub(super) version: u64,
}

impl Begun {
    /// The mall at `place`, if there is one.
    pub(super) fn of(place: &Place) -> Result<Option<Self>, OpenError> {
        let mut conn = match open::open_to_read(place) {
            Ok(conn) => conn,
            Err(OpenError::Missing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let unreadable = |source| OpenError::Database { place: place.clone(), source };
        let LogIdentity { currency, log_id } = reads::log::identity(&mut conn).map_err(unreadable)?;
        let (position, newest) = reads::log::newest(&mut conn).map_err(unreadable)?;
        let known = reads::log::mall(&mut conn, log_id, newest).map_err(unreadable)?;
        Ok(Some(Self { currency, newest, position, version: known.version }))
    }
}
