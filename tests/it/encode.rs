//! Pictures to files and back.

use std::io::Cursor;

use image::AnimationDecoder;
use proximity::raster::encode::{self, Effort, Error, Frame, Palette};
use proximity::scene::{Bitmap, Color};

use crate::golden::decode;

/// A picture of a soft ground with a square of a colour at (`x`, `y`).
fn picture(side: u32, x: u32, y: u32, color: Color) -> Bitmap {
    let mut rgba = Vec::new();
    for row in 0..side {
        for column in 0..side {
            let inside = (x..x + 6).contains(&column) && (y..y + 6).contains(&row);
            let ground = [(row * 2) as u8, (column * 2) as u8, 40, 255];
            rgba.extend(if inside { [color.r, color.g, color.b, color.a] } else { ground });
        }
    }
    Bitmap::new(side, side, rgba).unwrap()
}

const RED: Color = Color::hex(0xF0_604A);
const BLUE: Color = Color::hex(0x4C_9AFF);

/// A square that walks, stands for two frames, changes colour, and goes on.
fn walk() -> Vec<Frame> {
    let places = [(0, 0, RED), (5, 3, RED), (5, 3, RED), (5, 3, RED), (5, 3, BLUE), (30, 20, BLUE)];
    places.map(|(x, y, color)| Frame { bitmap: picture(48, x, y, color), delay_ms: 125 }).to_vec()
}

fn frame(width: u32, height: u32) -> Frame {
    let rgba = vec![255; (width * height * 4) as usize];
    Frame { bitmap: Bitmap::new(width, height, rgba).unwrap(), delay_ms: 100 }
}

#[test]
fn a_png_keeps_every_pixel_in_the_fewest_bits() {
    let color_type = |file: &[u8]| file[25];
    let opaque = picture(40, 3, 4, RED);
    let clear = picture(40, 3, 4, RED.opacity(0.4));
    for effort in [Effort::Fast, Effort::Small] {
        let file = encode::png(&opaque, &[], effort).unwrap();
        assert_eq!(color_type(&file), 2, "24 bits");
        assert!(decode(&file) == opaque);
        assert_eq!(file, encode::png(&opaque, &[], effort).unwrap());
        let file = encode::png(&clear, &[], effort).unwrap();
        assert_eq!(color_type(&file), 6, "32 bits");
        assert!(decode(&file) == clear);
    }
}

#[test]
fn texts_come_back() {
    let recipe = "{\"players\": [\"Ünïcode ✓ 名\", \"\\u0000\"]}".repeat(300);
    let bitmap = picture(8, 0, 0, RED);
    let file = encode::png(&bitmap, &[("other", "text"), ("proximity", &recipe)], Effort::Fast).unwrap();
    assert_eq!(encode::read_text(&file, "proximity").unwrap().as_deref(), Some(recipe.as_str()));
    assert_eq!(encode::read_text(&file, "other").unwrap().as_deref(), Some("text"));
    assert_eq!(encode::read_text(&file, "none").unwrap(), None);
    assert!(decode(&file) == bitmap);
    let moving = encode::apng(walk().into_iter(), &[("proximity", &recipe)], Effort::Fast).unwrap();
    assert_eq!(encode::read_text(&moving, "proximity").unwrap().as_deref(), Some(recipe.as_str()));
}

#[test]
fn other_programs_texts_are_read_and_bombs_are_not() {
    let with = |write: &dyn Fn(&mut png::Encoder<'_, &mut Vec<u8>>)| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 1, 1);
        write(&mut encoder);
        encoder.write_header().unwrap().write_image_data(&[0]).unwrap();
        file
    };
    let plain = with(&|encoder| encoder.add_text_chunk("proximity".into(), "plain".into()).unwrap());
    assert_eq!(encode::read_text(&plain, "proximity").unwrap().as_deref(), Some("plain"));
    let packed = with(&|encoder| encoder.add_ztxt_chunk("proximity".into(), "packed".into()).unwrap());
    assert_eq!(encode::read_text(&packed, "proximity").unwrap().as_deref(), Some("packed"));

    let bomb = "0".repeat(encode::MAX_TEXT_BYTES + 1);
    let bomb = with(&|encoder| encoder.add_ztxt_chunk("proximity".into(), bomb.clone()).unwrap());
    assert!(bomb.len() < 100_000, "packed to {} bytes", bomb.len());
    assert!(matches!(encode::read_text(&bomb, "proximity"), Err(Error::NotPng(_))));
    // Asked for something else, the bomb does not go off.
    assert_eq!(encode::read_text(&bomb, "other").unwrap(), None);
}

#[test]
fn damaged_files_are_errors() {
    let file = encode::png(&picture(8, 0, 0, RED), &[("proximity", "text")], Effort::Fast).unwrap();
    for end in 0..file.len() {
        // Once the pixels have begun, the text is known.
        if let Ok(text) = encode::read_text(&file[..end], "proximity") {
            assert_eq!(text.as_deref(), Some("text"), "cut at {end}");
        }
    }
    assert!(matches!(encode::read_text(b"GIF89a", "proximity"), Err(Error::NotPng(_))));
    for at in 0..file.len() {
        let mut flipped = file.clone();
        flipped[at] ^= 0x55;
        // An error or a text, never a panic.
        let _ = encode::read_text(&flipped, "proximity");
    }
}

#[test]
fn what_can_not_be_encoded_is_refused() {
    let empty = Bitmap::new(0, 0, Vec::new()).unwrap();
    assert!(matches!(encode::png(&empty, &[], Effort::Fast), Err(Error::Png(_))));
    let bitmap = picture(8, 0, 0, RED);
    for keyword in ["", "名", &"k".repeat(80)] {
        assert!(
            matches!(encode::png(&bitmap, &[(keyword, "")], Effort::Fast), Err(Error::Png(_))),
            "{keyword}"
        );
    }
    let palette = || Palette::new([RED]);
    assert!(matches!(encode::gif([], palette()), Err(Error::NoFrames)));
    assert!(matches!(encode::apng([].into_iter(), &[], Effort::Fast), Err(Error::NoFrames)));
    let uneven = || [frame(4, 4), frame(4, 4), frame(4, 5)];
    let refused = encode::gif(uneven(), palette()).unwrap_err();
    assert_eq!(refused.to_string(), "frame 2 is 4 x 5 pixels, the first one is 4 x 4");
    let refused = encode::apng(uneven().into_iter(), &[], Effort::Fast).unwrap_err();
    assert!(matches!(refused, Error::FrameSize { index: 2, .. }));
    assert!(matches!(encode::gif([frame(0, 4)], palette()), Err(Error::GifSize { .. })));
    assert!(matches!(encode::gif([frame(65_536, 1)], palette()), Err(Error::GifSize { .. })));
    assert!(matches!(encode::apng([frame(0, 4)].into_iter(), &[], Effort::Fast), Err(Error::Png(_))));
}

#[test]
fn a_gif_shows_every_frame_in_the_palettes_colours() {
    let frames = walk();
    let mut palette = Palette::new([RED, BLUE].into_iter().chain(encode::median_cut(&frames[0].bitmap, 200)));
    let file = encode::gif(frames.clone(), palette.clone()).unwrap();
    assert_eq!(file, encode::gif(frames.clone(), palette.clone()).unwrap());

    let mut decoder = gif::DecodeOptions::new().read_info(Cursor::new(&file)).unwrap();
    let mut screen = vec![0_u8; 48 * 48];
    let mut delays = Vec::new();
    // The square stood still for three frames: one of the file.
    let mut expected = [0, 1, 4, 5].into_iter();
    while let Some(part) = decoder.read_next_frame().unwrap() {
        let (left, width) = (usize::from(part.left), usize::from(part.width));
        for (row, indices) in (usize::from(part.top)..).zip(part.buffer.chunks_exact(width)) {
            for (pixel, index) in screen[row * 48 + left..].iter_mut().zip(indices) {
                if part.transparent != Some(*index) {
                    *pixel = *index;
                }
            }
        }
        delays.push(part.delay);
        let frame = &frames[expected.next().unwrap()];
        let nearest: Vec<u8> = frame
            .bitmap
            .rgba()
            .chunks_exact(4)
            .map(|pixel| palette.nearest([pixel[0], pixel[1], pixel[2]]))
            .collect();
        assert!(screen == nearest, "after {} frames", delays.len());
    }
    assert_eq!(expected.next(), None);
    assert_eq!(delays.iter().sum::<u16>(), 6 * 125 / 10, "{delays:?}");
    assert_eq!(delays[1], 37, "{delays:?}");
}

#[test]
fn a_gif_writes_only_what_changed() {
    let frames = walk();
    let palette = Palette::new(encode::median_cut(&frames[0].bitmap, 200).into_iter().chain([RED, BLUE]));
    let file = encode::gif(frames, palette).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(Cursor::new(&file)).unwrap();
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    let mut parts = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert!(frame.palette.is_none(), "one palette for all");
        parts.push((frame.left, frame.top, frame.width, frame.height));
    }
    assert_eq!(parts, [(0, 0, 48, 48), (0, 0, 11, 9), (5, 3, 6, 6), (5, 3, 31, 23)]);
}

#[test]
fn an_animated_png_shows_every_frame_as_it_is() {
    let mut frames = walk();
    // Half-clear pixels can't be laid over what was there.
    frames.push(Frame { bitmap: picture(48, 8, 8, RED.opacity(0.3)), delay_ms: 70_000 });
    let file = encode::apng(frames.clone().into_iter(), &[], Effort::Fast).unwrap();
    assert!(decode(&file) == frames[0].bitmap, "viewers without animation show the first frame");
    let decoder = image::codecs::png::PngDecoder::new(Cursor::new(&file)).unwrap().apng().unwrap();
    let shown: Vec<_> = decoder.into_frames().map(Result::unwrap).collect();
    assert_eq!(shown.len(), frames.len());
    for (i, (shown, frame)) in shown.iter().zip(&frames).enumerate() {
        assert!(shown.buffer().as_raw() == frame.bitmap.rgba(), "frame {i}");
        assert_eq!(shown.delay().numer_denom_ms(), (frame.delay_ms, 1), "frame {i}");
    }
}
