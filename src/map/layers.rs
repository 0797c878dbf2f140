//! Layers: pictures of one map for different heights.

use super::picture::Picture;

/// One layer of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Upper z of the layer, units (`cclayerceilN`).
    pub ceiling: f32,
    /// Its own picture, if there is one.
    pub picture: Option<Picture>,
    /// Where the picture comes from, for people.
    pub picture_from: Option<String>,
}

impl Layer {
    /// A layer without a picture.
    pub fn up_to(ceiling: f32) -> Self {
        Self { ceiling, picture: None, picture_from: None }
    }
}

/// All layers of a map in the order of its worldspawn; empty for most maps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layers {
    layers: Vec<Layer>,
}

impl Layers {
    /// The engine's limit.
    pub const MOST: usize = 16;

    /// At most [`Self::MOST`] layers; further ones are left out, as the engine leaves them out.
    pub fn new(mut layers: Vec<Layer>) -> Self {
        layers.truncate(Self::MOST);
        Self { layers }
    }

    /// Whether the map has no layers.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// How many layers.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// The layers in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Layer> {
        self.layers.iter()
    }

    /// One layer.
    pub fn get(&self, layer: usize) -> Option<&Layer> {
        self.layers.get(layer)
    }

    /// The picture of a floor, counted from the lowest, whatever the order of the layers.
    pub fn picture(&self, floor: usize) -> Option<&Picture> {
        let mut by_height: Vec<&Layer> = self.layers.iter().collect();
        by_height.sort_by(|a, b| a.ceiling.total_cmp(&b.ceiling));
        by_height.get(floor)?.picture.as_ref()
    }

    /// The layer a player at height `z` is shown on: the first whose ceiling is not below `z`, else layer 0.
    ///
    /// Source: the engine's command map (`cg_commandmap.c`). A map without layers has only layer 0.
    pub fn layer_for_z(&self, z: f32) -> usize {
        self.layers.iter().position(|layer| z <= layer.ceiling).unwrap_or(0)
    }

    /// The heights a layer shows, as (above, up to and with), units; open ends are infinite. Layer 0 also shows
    /// what lies above the last ceiling, as in the engine.
    pub fn range(&self, layer: usize) -> (f32, f32) {
        let top = self.layers.get(layer).map_or(f32::INFINITY, |l| l.ceiling);
        let below = self.layers.iter().take(layer).map(|l| l.ceiling).fold(f32::NEG_INFINITY, f32::max);
        (below, top)
    }
}

impl<'a> IntoIterator for &'a Layers {
    type Item = &'a Layer;
    type IntoIter = std::slice::Iter<'a, Layer>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(ceilings: &[f32]) -> Layers {
        Layers::new(ceilings.iter().copied().map(Layer::up_to).collect())
    }

    #[test]
    fn layer_of_a_height_is_the_engines() {
        let two = layers(&[100.0, 400.0]);
        assert_eq!(two.layer_for_z(-9000.0), 0);
        assert_eq!(two.layer_for_z(100.0), 0, "the ceiling itself belongs to the layer");
        assert_eq!(two.layer_for_z(100.5), 1);
        assert_eq!(two.layer_for_z(400.5), 0, "above the last ceiling the engine shows layer 0");
        assert_eq!(Layers::default().layer_for_z(7.0), 0);
        let unsorted = layers(&[400.0, 100.0]);
        assert_eq!(unsorted.layer_for_z(50.0), 0, "the first that fits, not the lowest");
    }

    #[test]
    fn ranges_and_the_limit_of_sixteen() {
        let two = layers(&[100.0, 400.0]);
        assert_eq!(two.range(0), (f32::NEG_INFINITY, 100.0));
        assert_eq!(two.range(1), (100.0, 400.0));
        assert_eq!(layers(&[1.0; 40]).len(), 16);
    }
}
