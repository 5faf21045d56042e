//! One life of a mall.

use super::journal::WorldJournal;
use crate::actors::mall::Mall;
use crate::bus::outside::memory::MemoryOutside;
use crate::ports::stop::Stop;
use std::sync::Arc;

/// One life of a mall: from a start to a death.
pub struct Life {
    pub(super) mall: Arc<Mall>,
    pub(super) journal: Arc<WorldJournal>,
    pub(super) outside: MemoryOutside,
    pub(super) end: Stop,
}

impl Life {
    /// The mall.
    #[must_use]
    pub const fn mall(&self) -> &Arc<Mall> {
        &self.mall
    }

    /// Its journal, to make things go wrong.
    #[must_use]
    pub const fn journal(&self) -> &Arc<WorldJournal> {
        &self.journal
    }

    /// The way to outside services and back.
    #[must_use]
    pub const fn outside(&self) -> &MemoryOutside {
        &self.outside
    }

    /// Calls the mall as a client does, who hears nothing (`None`) when the mall dies meanwhile.
    pub async fn call<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.end.stopped() => None,
            answer = call => Some(answer),
        }
    }

    /// Returns once it is over.
    pub async fn ended(&self) {
        self.end.stopped().await;
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.end.is_stopped()
    }
}
