//! `/audit`: the invariants, checked over the whole database.

use super::door::reply::{Answer, ok};
use super::door::values::Time;
use super::state::State;
use serde::Serialize;
use std::time::Instant;
use utoipa::ToSchema;

/// The result of checking one invariant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invariant {
    /// `I1` to `I15`.
    id: &'static str,
    /// What it says.
    name: &'static str,
    /// Whether it holds.
    ok: bool,
    /// How many rows were checked.
    checked: u64,
    /// What breaks it, at most 20.
    violations: Vec<String>,
}

/// The result of an audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct Audit {
    /// Whether every invariant holds.
    ok: bool,
    /// The position audited.
    position: u64,
    /// When.
    #[schema(inline)]
    checked_at: Time,
    /// How long it took, milliseconds.
    took_ms: u64,
    /// The invariants.
    invariants: Vec<Invariant>,
}

/// Check the invariants over the whole database.
#[utoipa::path(get, path = "/api/v1/audit", tag = "operation", responses((status = 200, body = Audit)))]
pub async fn get_audit(state: State) -> Answer {
    let (checked_at, begun) = (state.mall.clock().now(), Instant::now());
    // One at a time: an audit reads everything, and the readers are few.
    let _alone = state.auditing.lock().await;
    let report = state.reads.audit().await?;
    let invariants: Vec<_> = report
        .invariants
        .into_iter()
        .map(|found| Invariant {
            id: found.id,
            name: found.name,
            ok: found.violations.is_empty(),
            checked: found.checked,
            violations: found.violations,
        })
        .collect();
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let ok_all = invariants.iter().all(|invariant| invariant.ok);
    let body = Audit { ok: ok_all, position: report.position, checked_at: Time(checked_at), took_ms, invariants };
    Ok(ok(None, &body))
}
