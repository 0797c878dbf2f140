//! Importing and loading.

use proximity::analysis::Filter;
use proximity::store::{Imported, Kept};

use super::on_both;
use super::sample::{Sheet, evening, ready};

#[test]
fn a_round_comes_back_as_it_was_read() {
    on_both(|backend| {
        let mut store = backend.ready();
        for sheet in evening() {
            let round = sheet.round();
            assert_eq!(store.import(ready(&round, &*store)).unwrap(), Imported::New);
        }
        let stored = store.rounds(&Filter::everything()).unwrap();
        assert_eq!(stored.len(), 4);
        for (stored, sheet) in stored.iter().zip(evening()) {
            let round = sheet.round();
            assert_eq!(store.load(stored.key).unwrap(), round);
            assert_eq!(stored.meta, round.meta);
            assert_eq!(stored.session_date.to_string(), "2026-09-12");
        }
        insta::assert_snapshot!("evening", store.dump().unwrap());
    });
}

#[test]
fn importing_again_changes_nothing() {
    on_both(|backend| {
        let mut store = backend.ready();
        let round = Sheet::default().round();
        store.import(ready(&round, &*store)).unwrap();
        let before = store.dump().unwrap();
        let again = store.import(ready(&round, &*store)).unwrap();
        assert_eq!(again, Imported::AlreadyThere(Kept::SameBytes));
        assert_eq!(store.dump().unwrap(), before);
    });
}
