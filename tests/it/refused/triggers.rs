//! A trigger that somebody added, and that raises an error.

use super::{Hand, shop};
use crate::app::{TestApp, order};
use plaza::db::connection::Connection;

#[tokio::test]
async fn what_a_trigger_raises_is_refused_and_nobody_else_is() {
    let mut app = TestApp::with(&["--payment-delay", "10ms", "--grace", "10m"]).await;
    let shop = shop(&app, 20).await;
    let mut hand = Hand::on(&app);
    let nobody_orders_777 = match hand.0 {
        Connection::Sqlite(_) => {
            "CREATE TRIGGER nobody_orders_777 BEFORE INSERT ON orders WHEN NEW.total = 77700
             BEGIN SELECT RAISE(ABORT, 'the database is locked on Sundays'); END"
        }
        Connection::Postgres(_) => {
            "CREATE FUNCTION sundays() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE 'nobody orders 777 on Sundays'; END $$;
             CREATE TRIGGER nobody_orders_777 BEFORE INSERT ON orders
             FOR EACH ROW WHEN (NEW.total = 77700) EXECUTE FUNCTION sundays()"
        }
    };
    hand.does(nobody_orders_777);
    let body = order(&shop.customer, &shop.payment, &[(&shop.product, 777)]);
    for number in 0..3 {
        if number == 2 {
            // One that leaves rows out in silence is no better.
            hand.does(match hand.0 {
                Connection::Sqlite(_) => {
                    "DROP TRIGGER nobody_orders_777;
                     CREATE TRIGGER nobody_orders_777 BEFORE INSERT ON orders WHEN NEW.total = 77700
                     BEGIN SELECT RAISE(IGNORE); END"
                }
                Connection::Postgres(_) => {
                    "CREATE OR REPLACE FUNCTION sundays() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN RETURN NULL; END $$"
                }
            });
        }
        app.post("/orders", &body).await.refused(500, "internal_error");
        let well = shop.order(&app).await;
        app.until(&well, "accepted").await;
        app.cancel(&well).await.expect(200);
    }
    assert_eq!(app.ended(), None, "{}", app.logged());
    app.kill9();
    app.restart().await;
    hand.does(match hand.0 {
        Connection::Sqlite(_) => "DROP TRIGGER nobody_orders_777",
        Connection::Postgres(_) => "DROP TRIGGER nobody_orders_777 ON orders",
    });
    let placed = crate::app::id(&app.post("/orders", &body).await.expect(201));
    app.until(&placed, "accepted").await;
    app.cancel(&placed).await.expect(200);
    app.audit().await;
    app.stop();
}
