//! What to draw: from lives to a [`Scene`](crate::scene::Scene).
//!
//! Every figure is laid out on a [`Sheet`] in the colours of a [`Theme`](crate::theme::Theme), over a
//! [`BaseMap`](crate::basemap::BaseMap), with a [`Legend`] that explains it. All sizes, colours and words are decided
//! here; a backend only draws.
//!
//! ```
//! use proximity::figure::version_of;
//! use proximity::{Figure, Filter, Layout, Maps, Paths, Request, Rounds};
//!
//! let rounds = Rounds::open("examples/session")?;
//! let map = Maps::default().for_rounds(&rounds)?;
//! let wanted = rounds.select(&Filter::new().life_window(0..5_000));
//! let drawing = Paths::default().draw(&wanted, &map, Layout::landscape(512))?;
//! let request = drawing.recipe.request.as_deref().expect("a picture keeps what was asked for");
//! assert_eq!(Request::from_json(&request.to_json())?, *request);
//! assert!(version_of(&request.subject).starts_with("paths"));
//! # Ok::<(), proximity::Error>(())
//! ```

pub mod arrival;
pub(crate) mod canvas;
pub mod elevation;
pub mod exits;
pub mod heatmap;
pub mod kills;
pub(crate) mod layout;
pub mod life;
pub mod paths;
pub mod proof;
pub mod replay;
pub(crate) mod request;
pub(crate) mod words;

pub use canvas::Canvas;
#[doc(hidden)]
pub use layout::floor_panels;
pub use layout::legend::{Legend, Mark, Row, Section, Tone};
pub use layout::map_labels::{GridLines, MapLabels, Names};
pub use layout::sheet::{Background, Orientation, Panels, Sheet};
pub use request::recipe::{Calibration, FloorPanels, InputList, Recipe};
pub use request::{
    Crop, FigureSums, Finished, FloorData, FloorsData, Imprint, LifeData, LifeKey, Logo, MapData, PanelsWhen,
    RequestError, UnknownField, WhichLife, heat_grids, version_of,
};
pub use words::data_summary::{Counts, DataSummary, Input};
