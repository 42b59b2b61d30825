//! The plans of the queries that run all the time: none of them walks over a whole table.

use rusqlite::Connection;

use super::lookup::sharing_sql;
use super::{
    articles, channels, entries, events, explain, figures, hub, lookup, migrate, purge, push,
    retire, sightings, sources, stories,
};

fn plan(connection: &Connection, sql: &str) -> String {
    let mut query = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .expect(sql);
    let arguments = vec![rusqlite::types::Null; query.parameter_count()];
    let rows = query.query_map(rusqlite::params_from_iter(arguments), |row| {
        row.get::<_, String>(3)
    });
    let lines: Vec<String> = rows.expect(sql).map(|line| line.expect(sql)).collect();
    lines.join("\n")
}

#[test]
fn what_runs_all_the_time_uses_indexes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = Connection::open_in_memory().expect("a database");
    migrate::migrate(&mut connection, folder.path()).expect("migrated");
    let mut queries: Vec<String> = articles::PLANS.iter().map(|s| (*s).to_owned()).collect();
    queries.extend([
        sightings::SEEN_SQL.to_owned(),
        sightings::WORDED_SQL.to_owned(),
        sources::DUE_SOURCES_SQL.to_owned(),
        sources::rows_sql(sources::DUE_OF),
        channels::TOPIC_SQL.to_owned(),
        channels::ALL_SQL.to_owned(),
        channels::SOURCE_SQL.to_owned(),
        channels::DUE_OF_SQL.to_owned(),
        channels::REJECTED_SQL.to_owned(),
        channels::REJECTED_EARLY_SQL.to_owned(),
        events::EVENTS_SQL.to_owned(),
        events::TOLD_SQL.to_owned(),
        sources::rows_sql(events::POLLED),
        push::DUE_PUSHES_SQL.to_owned(),
        sharing_sql("dedup_key"),
        sharing_sql("title_key"),
    ]);
    queries.extend(lookup::PLANS.iter().map(|sql| (*sql).to_owned()));
    queries.extend(purge::PLANS.iter().map(|sql| sql()));
    queries.extend(hub::PLANS.iter().map(|sql| (*sql).to_owned()));
    queries.extend(explain::PLANS.iter().map(|sql| (*sql).to_owned()));
    queries.push(retire::RETIRED_SQL.to_owned());
    queries.push(stories::REPOST_SQL.to_owned());
    queries.extend(figures::PLANS.iter().map(|sql| (*sql).to_owned()));
    for sql in queries {
        let plan = plan(&connection, &sql);
        if sql.contains("next_try IS NOT NULL") {
            // Fair turns need all that waits, and the partial indexes hold nothing else.
            assert!(plan.contains("INDEX article_due"), "{sql}\n{plan}");
            continue;
        }
        let walks = plan.lines().any(|line| {
            line.starts_with("SCAN ")
                && !line.contains("USING")
                && !line.contains("subquery")
                && !line.contains("VIRTUAL TABLE")
        });
        assert!(!walks && plan.contains("SEARCH"), "{sql}\n{plan}");
        // A sort of what an index could give in order would read everything before the first row;
        // a group of copies is small.
        let of_group = sql.contains("WHERE head = ?1") || sql.contains("c.head = a.head");
        let sorts = plan.contains("TEMP B-TREE FOR ORDER BY") && !of_group;
        assert!(!sorts, "{sql}\n{plan}");
    }
}

#[test]
fn what_was_judged_by_other_rules_is_found_without_looking_at_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = Connection::open_in_memory().expect("a database");
    migrate::migrate(&mut connection, folder.path()).expect("migrated");
    for (sql, step) in [
        (
            entries::OTHERS_SQL,
            "INDEX article_rulebook (rulebook=? AND published>?)",
        ),
        (entries::UNUSED_SQL, "INDEX article_rulebook (rulebook=?)"),
        (entries::RULES_SQL, "SEARCH r USING PRIMARY KEY (id=?)"),
    ] {
        let plan = plan(&connection, sql);
        assert!(plan.contains(step), "{plan}");
    }
}

/// It began with all verdicts of the topic, for every article that was stored.
#[test]
fn entries_are_settled_from_the_members_of_a_group() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = Connection::open_in_memory().expect("a database");
    migrate::migrate(&mut connection, folder.path()).expect("migrated");
    for sql in [entries::REPRESENTATIVE_SQL, entries::WANTING_SQL] {
        let plan = plan(&connection, sql);
        let members = plan.find("article_head").expect(&plan);
        let verdicts = plan.find("SEARCH v").expect(&plan);
        assert!(members < verdicts, "{plan}");
    }
}
