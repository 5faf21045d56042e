//! What a saga answers to each message.

use super::messages::{AwaitVerdict, Command, Notify, Submit, TimerDue};
use super::saga::OrderSaga;
use crate::actors::error::MallError;
use crate::domain::order::{OrderState, OrderStatus};
use crate::ports::journal::Append;
use crate::ports::reply::Reply;
use crate::ports::witness::{Actors, Moment};
use actix::{Handler, ResponseFuture};
use tokio::sync::oneshot;

impl Handler<Submit> for OrderSaga {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Submit, ctx: &mut Self::Context) -> Self::Result {
        self.backstage().witness().saw(Moment::Turn { of: Actors::Order });
        let Submit { mut submission, companion, responder, cause, permit } = message;
        let now = self.backstage().now();
        let (bank, personalities) = (self.backstage().policy().payment_provider, self.backstage().personalities());
        submission.draw_delays(self.id, bank, |participant| personalities.of(participant));
        match OrderState::submit(self.id, submission, now, self.backstage().policy()) {
            Ok(decision) => self.run(decision, companion, responder, &cause, permit, ctx),
            Err(refused) => refuse_at_once(refused.into()),
        }
    }
}

impl Handler<Command> for OrderSaga {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Command, ctx: &mut Self::Context) -> Self::Result {
        let Command { command, expect, responder, by } = message;
        let decided = self.state().and_then(|state| {
            if !by.principal.may_act_for(state.customer_id) {
                return Err(MallError::NoSuchOrder(self.id));
            }
            expect.map_or(Ok(()), |versions| versions.check(state.version))?;
            Ok(state.decide(&command, self.backstage().now(), self.backstage().policy())?)
        });
        match decided {
            Ok(decision) => self.run(decision, Append::default(), responder, &by.cause, by.permit, ctx),
            Err(refused) => self.backstage().refuse(refused, Some(by.permit), &self.presence),
        }
    }
}

impl Handler<TimerDue> for OrderSaga {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, TimerDue { hears }: TimerDue, ctx: &mut Self::Context) -> Self::Result {
        if let Err(refused) = self.state() {
            return refuse_at_once(refused);
        }
        // The timer service may have stopped waiting for it.
        let _ = hears.send(());
        self.scheduled = None;
        let rested = self.waits_for_rest.add();
        self.pump(ctx);
        Box::pin(async move { rested.await.map_err(|_| MallError::ActorFailed) })
    }
}

impl Handler<Notify> for OrderSaga {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, Notify(command): Notify, ctx: &mut Self::Context) -> Self::Result {
        let now = self.backstage().now();
        let decided = self.state().and_then(|state| Ok(state.decide(&command, now, self.backstage().policy())?));
        let decision = match decided {
            Ok(decision) => decision,
            Err(refused) => return self.backstage().refuse(refused, None, &self.presence),
        };
        let became = self.becomes(&decision);
        let (answer, answered) = oneshot::channel();
        let cause = self.cause();
        self.append(decision, Append::default(), &cause, ctx, move |saga, result, _| {
            if result.is_ok() {
                saga.count(became, None);
            }
            // Nobody listens when the caller has given up.
            let _ = answer.send(result);
        });
        Box::pin(async move { Ok(answered.await.map_err(|_| MallError::ActorFailed)??) })
    }
}

impl Handler<AwaitVerdict> for OrderSaga {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, _: AwaitVerdict, _: &mut Self::Context) -> Self::Result {
        match self.state() {
            Err(refused) => refuse_at_once(refused),
            Ok(state) if state.status != OrderStatus::Pending && self.uncommitted == 0 => Box::pin(async { Ok(()) }),
            Ok(_) => {
                let tells = self.waits_for_verdict.add();
                Box::pin(async move { tells.await.map_err(|_| MallError::ActorFailed) })
            }
        }
    }
}

/// Refuses what rests on nothing that was decided here: an order that is not there, or a submission that is wrong by
/// itself.
fn refuse_at_once<T: 'static>(error: MallError) -> ResponseFuture<Result<T, MallError>> {
    Box::pin(async { Err(error) })
}
