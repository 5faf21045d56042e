//! The mall in which simulations are asked for.

use crate::actors::mall::Mall;
use crate::ports::feed::Feed;
use crate::ports::reads::ReadModel;
use std::sync::Arc;

/// What a simulation needs of the mall it is made in.
#[derive(Clone)]
pub struct Here {
    /// The mall.
    pub mall: Arc<Mall>,
    /// Its events, as they are committed.
    pub feed: Arc<dyn Feed>,
    /// Its read model.
    pub reads: Arc<dyn ReadModel>,
}
