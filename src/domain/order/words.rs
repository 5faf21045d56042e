//! The words an order's life is told in, as the API, the journal and the database write them.

use crate::domain::words::words;

words! {
    /// Where in its life an order is.
    OrderStatus {
        /// Submitted; waits for the verdicts of the bank and of every store.
        Pending = "pending",
        /// Paid for on hold, every kept store has reserved; a pay deadline runs.
        Accepted = "accepted",
        /// The hold is captured.
        Paid = "paid",
        /// Every kept store shipped.
        Delivered = "delivered",
        /// Failed, with reasons.
        Rejected = "rejected",
        /// Called off.
        Cancelled = "cancelled",
        /// Accepted, but not paid by the deadline.
        Expired = "expired",
    }
}

impl OrderStatus {
    /// Whether nothing can follow.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Pending | Self::Accepted | Self::Paid => false,
            Self::Delivered | Self::Rejected | Self::Cancelled | Self::Expired => true,
        }
    }
}

words! {
    /// How far the bank is with an order.
    OrderPaymentStatus {
        /// Not asked yet, or not answered.
        Pending = "pending",
        /// The money is held.
        Confirmed = "confirmed",
        /// Less was available than the total.
        NotEnoughMoney = "not_enough_money",
        /// The authorization does not exist or is somebody else's.
        Invalid = "invalid",
        /// The money is the mall's.
        Captured = "captured",
        /// The hold went back.
        Voided = "voided",
        /// Captured money went back.
        Refunded = "refunded",
    }
}

words! {
    /// How far a store is with its part, least advanced first.
    DeliveryStatus {
        /// Not asked yet, or not answered.
        Pending = "pending",
        /// Everything is put aside.
        Confirmed = "confirmed",
        /// The store is short.
        OutOfStock = "out_of_stock",
        /// A product or the store is gone.
        Unavailable = "unavailable",
        /// What was put aside went back on the shelf.
        Released = "released",
        /// Handed over.
        Shipped = "shipped",
        /// Arrived, with the whole order.
        Delivered = "delivered",
    }
}

words! {
    /// How far undoing is.
    Compensation {
        /// Nothing to undo.
        None = "none",
        /// Not everything is acknowledged yet.
        Pending = "pending",
        /// Everything is undone.
        Done = "done",
    }
}

words! {
    /// Why an order was rejected.
    Reason {
        /// The authorization had less available than the total.
        NotEnoughMoney = "NOT_ENOUGH_MONEY",
        /// A store had less available than ordered.
        OutOfStock = "OUT_OF_STOCK",
        /// The authorization does not exist.
        PaymentNotFound = "PAYMENT_NOT_FOUND",
        /// The authorization belongs to another customer.
        PaymentNotYours = "PAYMENT_NOT_YOURS",
        /// A store closed for good before it confirmed.
        StoreClosed = "STORE_CLOSED",
        /// A product was archived before its store confirmed.
        ProductUnavailable = "PRODUCT_UNAVAILABLE",
        /// A verdict was missing when time ran out.
        ConfirmationTimeout = "CONFIRMATION_TIMEOUT",
        /// The bank or a store refused because its service failed.
        ServiceFailed = "SERVICE_FAILED",
    }
}

words! {
    /// What shall happen when a store cannot serve an order.
    OnShortage {
        /// The whole order is rejected.
        RejectAll = "reject_all",
        /// The store's lines are dropped, the rest goes on.
        AcceptAvailable = "accept_available",
    }
}

words! {
    /// Who called an order off.
    CancelledBy {
        /// The customer.
        Customer = "customer",
        /// An administrator of the mall.
        Admin = "admin",
        /// The mall itself.
        System = "system",
    }
}

words! {
    /// What a person may do with an order.
    OrderAction {
        /// Pay for it.
        Pay = "pay",
        /// Call it off.
        Cancel = "cancel",
    }
}
