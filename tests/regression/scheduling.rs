//! What once ended the scheduler.

use std::fs;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use depeche::daemon::Scheduler;
use depeche::ingest::Pipeline;
use depeche::store::{DATABASE, Store};
use tokio::sync::watch;

use crate::simulated::{House, Reply, World, growing, locked};

const SOURCE: &str =
    "[[source]]\nid = \"une\"\nurl = \"https://www.une.org/feed\"\nbody = \"feed\"\n";

/// Where the scheduler took up what it knew of an outage, a disk that failed in that moment ended
/// the daemon, and not in any other.
#[tokio::test]
async fn a_disk_that_cannot_be_read_at_the_first_look_keeps_the_scheduler_waiting() {
    let world = World::new();
    world.script("www.une.org", |asked| match asked.path.as_str() {
        "/feed" => Reply::feed(growing(asked, "", 2)),
        _ => Reply::status(404),
    });
    let house = House::new(&world, "", SOURCE);
    let config = house.config();
    let database = config.daemon.state_dir.join(DATABASE);
    let store = Store::open(&config.daemon.state_dir).unwrap();
    let (client, clock) = house.client();
    let pipeline = Pipeline::open(store.clone(), client, clock, &config)
        .await
        .unwrap();
    // The one reader that is open is kept busy, so that another one has to open the file.
    let (end, ends) = mpsc::channel::<()>();
    let (begun, begins) = mpsc::channel::<()>();
    let busy = store.clone();
    let busy = tokio::spawn(async move {
        let held = busy.read(move |_| {
            begun.send(()).unwrap();
            Ok(ends.recv())
        });
        held.await.unwrap()
    });
    tokio::task::yield_now().await;
    tokio::task::spawn_blocking(move || begins.recv().unwrap())
        .await
        .unwrap();
    let aside = database.with_extension("aside");
    fs::rename(&database, &aside).unwrap();
    let (_sender, receiver) = watch::channel(Arc::new(config));
    let mut scheduler = Scheduler::new(pipeline, receiver);
    let beat = scheduler.beat();
    let polled = async {
        let wait = || tokio::time::sleep(Duration::from_millis(5));
        while beat.load(Ordering::Relaxed) == 0 {
            wait().await;
        }
        wait().await;
        fs::rename(&aside, &database).unwrap();
        end.send(()).unwrap();
        world.clock.advance(Duration::from_secs(1));
        while *locked(&house.log.polls) == 0 {
            world.clock.step();
            wait().await;
        }
    };
    tokio::select! {
        ended = scheduler.run(&house.log) => panic!("the scheduler ended: {ended:?}"),
        () = polled => {}
    }
    busy.await.unwrap().unwrap();
}
