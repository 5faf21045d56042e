//! Who asks: decided once by the door, checked again in the turn of the actor that acts.

use crate::domain::ids::CustomerId;

/// What a member of the staff proved to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// The secret of the settings (`PLAZA_ADMIN_TOKEN`).
    Setting,
    /// The token with this SHA-256.
    Token([u8; 32]),
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Principal {
    /// Anyone: the mall is open, so nobody is asked who they are.
    Open,
    /// Somebody without a token, where none is needed.
    Anonymous,
    /// The holder of a customer's access token.
    Customer(CustomerId),
    /// Somebody who may read everything but the list of tokens, and change nothing.
    Reader(Credential),
    /// Somebody who may do everything.
    Admin(Credential),
}

impl Principal {
    /// Whether what belongs to `customer` may be seen.
    #[must_use]
    pub fn may_see(self, customer: CustomerId) -> bool {
        matches!(self, Self::Reader(_)) || self.may_act_for(customer)
    }

    /// Whether what belongs to `customer` may be changed.
    #[must_use]
    pub fn may_act_for(self, customer: CustomerId) -> bool {
        match self {
            Self::Open | Self::Admin(_) => true,
            Self::Customer(own) => own == customer,
            Self::Anonymous | Self::Reader(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_customer_acts_for_itself_a_reader_for_nobody() {
        let (own, other) = (CustomerId(Uuid::from_u128(1)), CustomerId(Uuid::from_u128(2)));
        let staff = Credential::Setting;
        for (principal, sees_own, acts_for_own, sees_other, acts_for_other) in [
            (Principal::Open, true, true, true, true),
            (Principal::Anonymous, false, false, false, false),
            (Principal::Customer(own), true, true, false, false),
            (Principal::Reader(staff), true, false, true, false),
            (Principal::Admin(staff), true, true, true, true),
        ] {
            assert_eq!(principal.may_see(own), sees_own, "{principal:?}");
            assert_eq!(principal.may_act_for(own), acts_for_own, "{principal:?}");
            assert_eq!(principal.may_see(other), sees_other, "{principal:?}");
            assert_eq!(principal.may_act_for(other), acts_for_other, "{principal:?}");
        }
    }
}
