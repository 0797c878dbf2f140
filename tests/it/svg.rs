//! Scenes written as SVG.

use std::sync::Arc;

use proptest::prelude::*;
use proximity::geom::PixelPoint;
use proximity::scene::{
    Align, Bitmap, Blend, Color, Item, Label, PixelRect, Polyline, Scene, Stroke, Vertex, Weight, dump,
};
use proximity::svg;

use crate::raster::{any_scene, every_item};

/// Reads a document the strict way XML asks for: every element closed, every value quoted, no stray `<` or `&`, no
/// forbidden character. Gives the names of its elements.
fn elements(document: &str) -> Result<Vec<String>, String> {
    let mut open: Vec<String> = Vec::new();
    let mut names = Vec::new();
    let mut rest = document;
    while let Some(start) = rest.find('<') {
        text(&rest[..start])?;
        rest = &rest[start + 1..];
        if let Some(closing) = rest.strip_prefix('/') {
            let (name, after) = closing.split_once('>').ok_or("an end tag without end")?;
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            rest = after;
            continue;
        }
        let end = rest.find([' ', '>', '/']).ok_or("a tag without end")?;
        let name = rest[..end].to_owned();
        if name.is_empty() || !name.chars().all(char::is_alphanumeric) {
            return Err(format!("an element is named {name:?}"));
        }
        rest = &rest[end..];
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                rest = after;
                break;
            }
            if let Some(after) = rest.strip_prefix('>') {
                open.push(name.clone());
                rest = after;
                break;
            }
            let (attribute, after) = rest.split_once("=\"").ok_or(format!("in <{name}>: {rest:.40}"))?;
            if attribute.is_empty()
                || !attribute.chars().all(|c| c.is_ascii_alphanumeric() || "-:".contains(c))
            {
                return Err(format!("an attribute is named {attribute:?}"));
            }
            let (value, after) = after.split_once('"').ok_or("a value without end")?;
            // Base64 may well spell NaN.
            let not_a_number = attribute != "href" && (value.contains("NaN") || value.contains("inf"));
            if value.contains('<') || not_a_number {
                return Err(format!("{attribute}={value:?}"));
            }
            text(value)?;
            rest = after;
        }
        names.push(name);
    }
    text(rest)?;
    if open.is_empty() { Ok(names) } else { Err(format!("{open:?} stay open")) }
}

fn text(text: &str) -> Result<(), String> {
    for part in text.split('&').skip(1) {
        let entity = part.split_once(';').map_or("", |(entity, _)| entity);
        if !["amp", "lt", "gt", "quot", "#39"].contains(&entity) {
            return Err(format!("&{entity}"));
        }
    }
    let forbidden = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    match text.chars().find(forbidden) {
        Some(c) => Err(format!("character {c:?}")),
        None => Ok(()),
    }
}

fn words(text: &str) -> Scene {
    let label = Label {
        text: text.to_owned(),
        at: PixelPoint::new(5.0, 20.0),
        size: 18.0,
        weight: Weight::Regular,
        color: Color::hex(0xE8_ECF2),
        align: Align::Left,
        halo: None,
    };
    Scene { width: 100, height: 40, background: Color::hex(0), items: vec![Item::Label(label)] }
}

#[test]
fn the_reader_of_this_test_is_strict() {
    assert!(elements("<a><b c=\"d\"/>&amp;</a>").is_ok());
    for bad in ["<a>", "<a></b>", "<a b=c/>", "<a>&nbsp;</a>", "<a>\u{1}</a>", "<a b=\"<\"/>", "<>", "a < b"]
    {
        assert!(elements(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn every_kind_of_item_is_there() {
    let document = svg::write(&every_item());
    let names = elements(&document).unwrap();
    let count = |name: &str| names.iter().filter(|n| *n == name).count();
    assert_eq!(count("svg"), 1);
    assert_eq!(count("image"), 3);
    assert_eq!(count("text"), 6);
    assert_eq!(count("clipPath"), 2);
    assert!(document.contains(">27\u{202f}809 samples · 5.5 s</text>"));
    assert!(document.contains("<circle cx=\"232\" cy=\"104\" r=\"9\" fill=\"#4c9aff\""));
    assert!(document.contains("clip-path=\"url(#clip2)\""));
}

#[test]
fn the_snapshot_of_a_scene_stays() {
    insta::assert_snapshot!(dump(&every_item()));
}

#[test]
fn names_do_not_become_markup() {
    for name in [
        "<script>alert(1)</script>",
        "]]><svg onload=\"x\">",
        "&amp;&#60;",
        "\"'><image href='http://x'/>",
        "\u{0}\u{1b}[31m\u{ffff}",
    ] {
        let names = elements(&svg::write(&words(name))).unwrap();
        assert_eq!(names, ["svg", "rect", "text"], "{name}");
    }
    assert!(svg::write(&words("a<b & \"c\"")).contains(">a&lt;b &amp; &quot;c&quot;</text>"));
    assert!(svg::write(&words("\u{202e}abc")).contains("unicode-bidi=\"isolate\""));
}

#[test]
fn bitmaps_are_embedded_whole() {
    let bitmap = Bitmap::new(2, 1, vec![1, 2, 3, 255, 4, 5, 6, 7]).unwrap();
    let image = Item::Image { x: -3, y: 4, bitmap: Arc::new(bitmap.clone()), blend: Blend::Linear };
    let document = svg::write(&Scene { items: vec![image], ..words("") });
    let data = document.split_once("data:image/png;base64,").unwrap().1.split_once('"').unwrap().0;
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |c: u8| digits.iter().position(|d| *d == c).unwrap_or(0) as u32;
    let mut file = Vec::new();
    for four in data.as_bytes().chunks_exact(4) {
        let bits = four.iter().fold(0, |bits, c| (bits << 6) | value(*c));
        file.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    assert!(crate::golden::decode(&file) == bitmap);
}

#[test]
fn a_line_is_as_many_paths_as_it_has_looks() {
    let vertex = |x: f32, color| Vertex { at: PixelPoint::new(x, 10.0), color, width: 2.0 };
    let (a, b) = (Color::hex(0xFE_F19D), Color::hex(0x66_C3F6));
    let mut vertices =
        vec![vertex(0.0, a), vertex(10.0, a), vertex(20.0, b), vertex(30.0, b), vertex(40.0, b)];
    let casing = Some(Stroke { width: 2.6, color: Color::hex(0) });
    let line = |vertices| Item::Polyline(Polyline { vertices, opacity: 0.5, casing });
    let document = svg::write(&Scene { items: vec![line(vertices.clone())], ..words("") });
    assert!(document.contains(r##"<path d="M0 10L10 10L20 10" stroke="#fef19d" stroke-width="2"/>"##));
    assert!(document.contains(r##"<path d="M20 10L30 10L40 10" stroke="#66c3f6" stroke-width="2"/>"##));
    // The casing has one look.
    assert!(
        document
            .contains(r##"<path d="M0 10L10 10L20 10L30 10L40 10" stroke="#000000" stroke-width="4.6"/>"##)
    );
    vertices[2].at.x = f32::NAN;
    let broken = svg::write(&Scene { items: vec![line(vertices)], ..words("") });
    assert!(broken.contains("d=\"M0 10L10 10\"") && broken.contains("d=\"M30 10L40 10\""), "{broken}");
}

#[test]
fn a_clip_without_area_hides_everything() {
    let clip = Item::Clip { rect: PixelRect::new(f32::NAN, 0.0, 10.0, 10.0), items: words("hidden").items };
    let document = svg::write(&Scene { items: vec![clip], ..words("") });
    assert!(document.contains("<clipPath id=\"clip1\"></clipPath>"), "{document}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_scene_is_well_formed(scene in any_scene()) {
        let document = svg::write(&scene);
        prop_assert!(elements(&document).is_ok(), "{:?}", elements(&document));
        // The dump of a scene is one line for each item, whatever its text.
        prop_assert!(dump(&scene).lines().all(|line| !line.trim().is_empty()));
    }
}
