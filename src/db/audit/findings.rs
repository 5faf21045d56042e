//! What an audit finds: one report an invariant, in the making.

use crate::ports::reads::InvariantReport;

/// The most violations of one invariant that are named.
const VIOLATIONS_MAX: usize = 20;

/// What the invariants say, `I1` first.
const INVARIANTS: [(&str, &str); 15] = [
    ("I1", "on_hand >= reserved >= 0"),
    ("I2", "reserved is the sum of the live reservations"),
    ("I3", "shipped + on_hand = initial + adjustments"),
    ("I4", "held + captured <= authorized, refunded <= captured, held is the sum of the live holds"),
    ("I5", "accepted: the hold is the total, one live reservation a kept store"),
    ("I6", "settled: no live hold, reservation or timer"),
    ("I7", "after a terminal event only acknowledgements and notes"),
    ("I8", "versions run 1..n, and the rows are at the versions of their streams"),
    ("I9", "one outcome an order"),
    ("I10", "never both expired and captured"),
    ("I11", "the total is the sum of price times quantity"),
    ("I12", "one effect per order, participant and kind"),
    ("I13", "positions run 1..n, and the journal is guarded against change"),
    ("I14", "no order is accepted for a closed store"),
    ("I15", "delivered and settled: every kept store shipped its lines, the hold was captured with the total"),
];

/// One report an invariant, in the making.
pub struct Findings(pub [InvariantReport; 15]);

impl Findings {
    /// Nothing so far.
    pub fn new() -> Self {
        Self(INVARIANTS.map(|(id, name)| InvariantReport { id, name, checked: 0, violations: Vec::new() }))
    }

    /// Counts one row checked for invariant `number`, and notes the violation unless it holds.
    pub fn check(&mut self, number: usize, holds: bool, violation: impl FnOnce() -> String) {
        self.0[number - 1].checked += 1;
        if !holds {
            self.violated(number, violation);
        }
    }

    /// Counts rows checked elsewhere.
    pub fn counted(&mut self, number: usize, rows: i64) {
        self.0[number - 1].checked += rows.unsigned_abs();
    }

    /// Notes a violation, unless so many have been noted that nobody reads on.
    pub fn violated(&mut self, number: usize, violation: impl FnOnce() -> String) {
        let violations = &mut self.0[number - 1].violations;
        if violations.len() < VIOLATIONS_MAX {
            violations.push(violation());
        }
    }
}
