//! The time there is to answer a request that changes something, whatever it does inside.
//!
//! It begins when the request has been read. When it is over, the answer is the 503 that says that what was asked may
//! still happen, and the work goes on to its end: a change of several steps must not stop half-way, and its idempotency
//! key is held until its reply is stored. The same is true of a caller that hangs up.

use super::caller::Caller;
use super::problem::ApiError;
use crate::actors::ask::DEADLINE;
use crate::actors::error::MallError;
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest};
use futures_util::future::LocalBoxFuture;
use std::cell::Cell;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span};

/// When a request is answered at the latest.
#[derive(Clone)]
struct Due(Rc<Cell<Instant>>);

impl Caller {
    /// Lets the answer take so much longer from now on. False when the request was answered already, or is about to be.
    #[must_use]
    pub fn may_wait(&self, patience: Duration) -> bool {
        let now = Instant::now();
        self.0.extensions().get().is_some_and(|Due(due)| {
            let in_time = now < due.get();
            if in_time {
                due.set(now + patience + DEADLINE);
            }
            in_time
        })
    }
}

/// A handler that is served in time, when it changes something.
#[derive(Clone)]
pub struct Timely<F> {
    handler: F,
    changes: bool,
}

impl<F> Timely<F> {
    /// A handler that changes something or does not.
    pub const fn new(handler: F, changes: bool) -> Self {
        Self { handler, changes }
    }
}

impl<F, Args> Handler<(HttpRequest, Args)> for Timely<F>
where
    F: Handler<Args>,
    F::Future: 'static,
    F::Output: 'static,
    Args: FromRequest + 'static,
{
    type Output = Result<F::Output, ApiError>;
    type Future = LocalBoxFuture<'static, Self::Output>;

    fn call(&self, (request, args): (HttpRequest, Args)) -> Self::Future {
        if !self.changes {
            let answer = self.handler.call(args);
            return Box::pin(async move { Ok(answer.await) });
        }
        let due = Due(Rc::new(Cell::new(Instant::now() + DEADLINE)));
        request.extensions_mut().insert(due.clone());
        Box::pin(in_time(due, self.handler.call(args)))
    }
}

async fn in_time<T: 'static>(Due(due): Due, work: impl Future<Output = T> + 'static) -> Result<T, ApiError> {
    let mut working = actix_web::rt::spawn(work.instrument(Span::current()));
    loop {
        let until = due.get();
        match timeout_at(until, &mut working).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(ended)) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(cancelled) => return Err(ApiError::from(MallError::ActorFailed).caused_by(cancelled)),
            },
            Err(_elapsed) if due.get() > until => {}
            Err(_elapsed) => return Err(MallError::TimedOut.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::door::codes::Code;
    use actix_web::test::TestRequest;
    use tokio::time::{pause, sleep};

    const STEP: Duration = Duration::from_secs(6);

    /// Serves a handler of that many steps, which may be told to wait after the first; answers what came of it, after
    /// how many seconds, and when its last step was done.
    async fn served(steps: u32, patience: Option<Duration>) -> (Result<u32, Code>, u64, u64) {
        let (began, done) = (Instant::now(), Rc::new(Cell::new(None)));
        let at_the_end = done.clone();
        let handler = move |request: HttpRequest| {
            let done = at_the_end.clone();
            async move {
                for step in 0..steps {
                    sleep(STEP).await;
                    if let (0, Some(patience)) = (step, patience) {
                        assert!(Caller(request.clone()).may_wait(patience));
                    }
                }
                done.set(Some(began.elapsed().as_secs()));
                steps
            }
        };
        let request = TestRequest::default().to_http_request();
        let answer = Timely::new(handler, true).call((request.clone(), (request,))).await;
        let answered = began.elapsed().as_secs();
        while done.get().is_none() {
            sleep(Duration::from_millis(100)).await;
        }
        (answer.map_err(|error| error.code()), answered, done.get().unwrap_or_default())
    }

    #[actix_web::test]
    async fn a_change_of_many_steps_has_one_deadline_and_goes_on_to_its_end() {
        pause();
        let (answer, answered, done) = served(1, None).await;
        assert_eq!((answer, answered, done), (Ok(1), 6, 6));
        let (answer, answered, done) = served(20, None).await;
        assert_eq!((answer, answered, done), (Err(Code::NoAnswer), DEADLINE.as_secs(), 120));
        let (answer, answered, done) = served(3, Some(STEP * 2)).await;
        assert_eq!((answer, answered, done), (Ok(3), 18, 18), "the caller wanted to wait");
    }

    #[actix_web::test]
    async fn a_reader_is_not_hurried_and_a_caller_that_hangs_up_stops_nothing() {
        pause();
        let slow = || async { sleep(DEADLINE * 2).await };
        let request = TestRequest::default().to_http_request();
        assert!(Timely::new(slow, false).call((request.clone(), ())).await.is_ok());
        let done = Rc::new(Cell::new(false));
        let at_the_end = done.clone();
        let handler = move || {
            let done = at_the_end.clone();
            async move {
                sleep(STEP).await;
                done.set(true);
            }
        };
        let serving = Timely::new(handler, true).call((request, ()));
        tokio::select! {
            biased;
            _ = serving => unreachable!("nothing is done yet"),
            () = sleep(STEP / 2) => {}
        }
        assert!(!done.get());
        sleep(STEP).await;
        assert!(done.get());
    }
}
