//! What every figure of a map is drawn in: the map, its base, the sheet, and the question asked.

use std::sync::Arc;

use image::RgbaImage;

use crate::basemap::{BaseMaps, Keep};

use super::layout::legend::Legend;
use super::layout::map_labels;
use super::layout::sheet::{Background, Panels, Sheet};
use super::request::Imprint;
use super::words::data_summary::DataSummary;
use super::words::filter_words;
use super::words::number;
use crate::analysis::Filter;
use crate::analysis::Heights;
use crate::basemap::base::{BaseKind, BaseSource};
use crate::basemap::ink::{HeightCell, HeightField};
use crate::basemap::{BaseMap, BaseStyle};
use crate::geom::{PixelPoint, WorldRect};
use crate::map::WorldMap;
use crate::plane::MapFrame;
use crate::scene::{Align, Item, Label, Stroke, Weight};
use crate::theme::Theme;

/// What a figure is drawn in.
#[derive(Debug, Clone, Copy)]
pub struct Canvas<'a> {
    /// The map.
    pub map: &'a WorldMap,
    /// Its picture, loaded. `None`: there is none.
    pub picture: Option<&'a RgbaImage>,
    /// Where players went and how high it is, for an ink map. `None`: plain ground instead.
    pub heights: Option<&'a HeightField>,
    /// How the base map is drawn.
    pub base: BaseStyle,
    /// Layout and size.
    pub sheet: Sheet,
    /// The part of the world to show. `None`: the map's whole extent.
    pub crop: Option<WorldRect>,
    /// What is added to the legend. `None`: nothing.
    pub imprint: Option<&'a Imprint>,
    /// What was asked for.
    pub filter: &'a Filter,
    /// Base maps of this map, style and ground that were drawn already. `None`: each is drawn anew.
    pub bases: Option<&'a BaseMaps>,
}

impl Canvas<'_> {
    /// The part of the world that is shown.
    pub fn window(&self) -> WorldRect {
        self.crop.unwrap_or(self.map.extent.rect)
    }

    /// Where it lies on the sheet.
    pub fn frame(&self) -> MapFrame {
        self.sheet.place(&self.window())
    }

    /// Where it lies on the sheet, or in the first of its panels: lengths are the same in all of them.
    pub fn panel_frame(&self) -> MapFrame {
        let places = self.sheet.panel_places();
        MapFrame::fit(places.first().copied().unwrap_or(self.sheet.map_square()), &self.window())
    }

    /// The colours.
    pub fn theme(&self) -> &'static Theme {
        self.base.theme()
    }

    /// The base map for a frame.
    pub fn base_map(&self, frame: &MapFrame) -> Arc<BaseMap> {
        let is_whole = frame.extent == self.map.extent.rect;
        self.base_map_to_keep(frame, if is_whole { Keep::Yes } else { Keep::No })
    }

    /// The same where the caller knows whether other pictures show this part of the map.
    pub(crate) fn base_map_to_keep(&self, frame: &MapFrame, keep: Keep) -> Arc<BaseMap> {
        let source = self.base_source();
        let (window, width, height) = (&frame.extent, frame.width(), frame.height());
        match self.bases {
            Some(bases) => bases.get(self.base, &source, window, (width, height), keep),
            None => Arc::new(BaseMap::draw(self.base, &source, window, width, height)),
        }
    }

    fn base_source(&self) -> BaseSource<'_> {
        BaseSource { extent: self.map.extent.rect, picture: self.picture, heights: self.heights }
    }

    /// The picture that the base map is made of, if the map has it.
    pub(crate) fn base_picture(&self) -> Option<&crate::map::Picture> {
        self.base.picture_of(self.map, self.filter.floor.as_ref())
    }

    /// Whether the base map is a drawing of the map's geometry.
    fn shows_plan(&self) -> bool {
        self.base_picture().is_some() && self.base_picture() == self.map.overview.as_ref()
    }

    /// What is written over `over`, the items above the base map: names of places, and the game's grid below them.
    pub fn map_labels(&self, frame: &MapFrame, over: &[Item]) -> Vec<Item> {
        map_labels::items(self.sheet.map_labels(), self.map, frame, over, self.sheet.scale(), self.theme())
    }

    /// What lies under everything.
    pub fn background(&self) -> Background {
        if self.base == BaseStyle::None { Background::Transparent } else { Background::Ground }
    }

    /// The map's name for people.
    pub fn title(&self) -> String {
        self.map.title.clone().unwrap_or_else(|| filter_words::map_title(&self.map.name))
    }

    /// An empty legend under `title`, with what the imprint adds.
    pub fn legend(&self, title: impl Into<String>) -> Legend {
        match self.imprint {
            Some(Imprint { title: own, subtitle, mark }) => Legend::new(own.clone().unwrap_or(title.into()))
                .with_subtitle_of_its_own(subtitle.clone())
                .with_logo(mark.as_ref().map(|logo| Arc::clone(logo.picture()))),
            None => Legend::new(title),
        }
    }

    /// The line below the title: who, which rounds, when.
    pub fn subject_line(&self, data_summary: &DataSummary) -> String {
        let mut parts = filter_words::who(self.filter);
        parts.extend(data_summary.when());
        // A line that begins with a player's name begins as the player writes it.
        if self.filter.players.is_empty() { filter_words::joined(&parts) } else { parts.join(" · ") }
    }

    /// What a caption says about the map: only what a reader must know.
    pub fn map_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.crop.is_some() {
            lines.push("part of the map; counts are of all of it".to_owned());
        }
        if self.map.extent.is_doubtful() || matches!(self.map.extent.source, crate::map::ExtentSource::Fitted)
        {
            lines.push(self.map.extent.sentence());
        }
        match self.base_source().kind(self.base) {
            BaseKind::Ink if self.base == BaseStyle::Overview => {
                lines.push("no plan of this map: drawn from the tracks".to_owned());
            }
            BaseKind::Ink => lines.push("map drawn from the tracks".to_owned()),
            BaseKind::Plain => lines.push("no picture of this map".to_owned()),
            BaseKind::Picture if self.base == BaseStyle::Overview && self.map.overview.is_none() => {
                lines.push("no plan of this map: its picture instead".to_owned());
            }
            BaseKind::Picture if self.shows_plan() => lines.push("map drawn from its geometry".to_owned()),
            BaseKind::Picture | BaseKind::Transparent => {}
        }
        if matches!(self.sheet.panels(), Panels::Floors(_)) {
            lines.push("one panel per floor, the other floors faint".to_owned());
        }
        lines
    }

    /// What stands on the map when nothing was found: that nothing was found, and what was asked for.
    pub fn nothing_found(&self) -> Vec<Item> {
        self.notice("no lives match")
    }

    /// A sentence on the map where nothing is to be drawn, and what was asked for.
    pub fn notice(&self, sentence: &str) -> Vec<Item> {
        self.notice_of(sentence, &filter_words::conditions(self.filter))
    }

    /// A sentence on the map where nothing is to be drawn, and why, a line each.
    pub fn notice_of(&self, sentence: &str, lines: &[String]) -> Vec<Item> {
        let theme = self.theme();
        let square = self.sheet.map_area();
        let middle = square.x + square.width / 2.0;
        let halo = |size: f32| {
            let width = self.sheet.px(crate::theme::halo_width(size));
            Some(Stroke { width, color: theme.ink.opacity(crate::theme::HALO_OPACITY) })
        };
        let label = |text: String, y: f32, size: f32, weight: Weight| {
            Item::Label(Label {
                text,
                at: PixelPoint::new(middle, y),
                size: self.sheet.px(size),
                weight,
                color: theme.text,
                align: Align::Center,
                halo: halo(size),
            })
        };
        let mut y = square.y + square.height / 2.0 - self.sheet.px(14.0 * lines.len() as f32);
        let mut items = vec![label(sentence.to_owned(), y, 32.0, Weight::SemiBold)];
        y += self.sheet.px(16.0);
        for line in lines {
            y += self.sheet.px(28.0);
            let room = square.width * 0.9;
            let size = self.sheet.px(20.0);
            let text = crate::scene::text::ellipsize(line, size, Weight::Regular, room);
            items.push(label(text, y, 20.0, Weight::Regular));
        }
        items
    }
}

/// The heights of tracks as an ink map needs them; `None` when there are too many cells.
pub fn height_field(heights: &Heights) -> Option<HeightField> {
    let cells = heights.cells();
    let field = (0..cells.len())
        .map(|i| match heights.mean_units(i) {
            Some(height) => HeightCell { weight: 1, height: height as f32 },
            None => HeightCell::default(),
        })
        .collect();
    HeightField::new(*cells.extent(), cells.columns(), cells.rows(), field)
}

/// Units as a length in a caption: `48 u`.
pub fn units(value: f64) -> String {
    format!("{}{}u", number::count((value + 0.5) as u64), number::UNIT_GAP)
}
