//! What administrators ask of stores.

use super::door::Mall;
use crate::actors::admission::Admitted;
use crate::actors::ask::ask;
use crate::actors::error::MallError;
use crate::actors::order_saga::Notify;
use crate::actors::store::{Administer, BeginClosing, Expect, StopClosing};
use crate::domain::ids::{OrderId, StoreId};
use crate::domain::order::OrderCommand;
use crate::domain::store::{StoreCommand, StoreEdit, StoreState};
use crate::ports::reply::{Reply, Responder};
use futures_util::stream::{self, StreamExt, TryStreamExt};

/// How many sagas are told at a time that a store closes.
const TOLD_AT_A_TIME: usize = 64;

impl Mall {
    /// Opens a store.
    ///
    /// # Errors
    /// [`MallError::Store`] names the field.
    pub async fn create_store(
        &self,
        mut edit: StoreEdit,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        edit.confirmation_delay_ms.get_or_insert(self.store_delay_ms());
        let lease = self.stores().create(StoreId(self.entropy().uuid()))?;
        let Admitted { cause, permit, .. } = by;
        let command = StoreCommand::Create(edit);
        ask(lease.addr(), Administer { command, expect: None, responder, cause, permit }).await
    }

    /// Runs an administrator's command on a store.
    ///
    /// # Errors
    /// What the store refuses; [`MallError::VersionMismatch`].
    pub async fn administer(
        &self,
        store_id: StoreId,
        command: StoreCommand,
        expect: Option<Expect>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        self.check_currency(&command)?;
        let lease = self.stores().get(store_id)?;
        let Admitted { cause, permit, .. } = by;
        ask(lease.addr(), Administer { command, expect, responder, cause, permit }).await
    }

    fn check_currency(&self, command: &StoreCommand) -> Result<(), MallError> {
        let price = match command {
            StoreCommand::AddProduct(_, edit) | StoreCommand::EditProduct(_, edit) => edit.price,
            _ => None,
        };
        price.map_or(Ok(()), |price| self.check_money(price))
    }

    /// Closes a store for good.
    ///
    /// The store stops reserving first; every pending order that counts on it is rejected (or loses its lines) before
    /// the closing is written, so no order for a closed store is ever accepted (invariant I14).
    ///
    /// # Errors
    /// [`MallError::NoSuchStore`]; [`MallError::VersionMismatch`].
    pub async fn archive_store(
        &self,
        store_id: StoreId,
        expect: Option<Expect>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let lease = self.stores().get(store_id)?;
        let waiting = ask(lease.addr(), BeginClosing { expect }).await?;
        let closed = self.close_for(store_id, waiting, responder, by).await;
        if closed.is_err() {
            // The store that could not be closed goes on; that it cannot even be told is the same failure once more.
            let _ = ask(lease.addr(), StopClosing).await;
        }
        closed
    }

    async fn close_for(
        &self,
        store_id: StoreId,
        waiting: Vec<OrderId>,
        responder: Responder<StoreState>,
        by: Admitted,
    ) -> Result<Reply, MallError> {
        let tell = |order_id| async move {
            let saga = self.orders().get(order_id)?;
            ask(saga.addr(), Notify(OrderCommand::CloseStore(store_id))).await
        };
        stream::iter(waiting).map(Ok).try_for_each_concurrent(TOLD_AT_A_TIME, tell).await?;
        // Releases may have moved the version on; the expectation was checked when the closing began.
        self.administer(store_id, StoreCommand::Archive, None, responder, by).await
    }
}
