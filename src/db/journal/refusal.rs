//! What the database refused, told apart.

use diesel::result::{DatabaseErrorKind as Kind, Error as DieselError};

/// Whether a constraint refused a statement: a defect, or memory that no longer matches the disk.
pub(super) const fn is_constraint(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(
            Kind::UniqueViolation | Kind::ForeignKeyViolation | Kind::NotNullViolation | Kind::CheckViolation,
            _
        )
    )
}

/// Whether what was refused is a reply under a key that has one.
pub(super) fn is_key_taken(error: &DieselError) -> bool {
    // SQLite tells the column in its message alone.
    matches!(error, DieselError::DatabaseError(Kind::UniqueViolation, said)
        if said.table_name() == Some("idempotency") || said.message().contains("idempotency.key"))
}
