//! Connections.

/// The connection type of this build.
pub type Connection = diesel::SqliteConnection;
