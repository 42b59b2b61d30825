//! Whatever comes in, a well-formed document comes out.
#![no_main]

use depeche::discover::feed::repair;
use libfuzzer_sys::fuzz_target;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

fuzz_target!(|text: &str| {
    let (document, _) = repair(text);
    let mut reader = Reader::from_str(&document);
    let mut depth = 0_u32;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("not well-formed: {error}\n{document}"),
        }
    }
    assert_eq!(depth, 0, "an element stays open\n{document}");
});
