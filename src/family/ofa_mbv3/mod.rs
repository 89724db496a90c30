//! OFA-MobileNetV3: subnets of the once-for-all supernets on MobileNetV3.
//!
//! The text is `{"ks": [20], "e": [20], "d": [5], "r": 224}`, or GENNAPE's pair of image side and
//! lists of `mbconv3_e6_k5`, which means width 1.2. A key `supernet` says that the subnet was
//! measured in one of three supernets by Girard et al., Memory-Optimized Once-For-All, 2024. This
//! file prints and draws subnets; [`text`] reads them, [`layout`] builds their networks.

mod layout;
mod text;

use rand::Rng;

use self::layout::{Layout, MOOFA, W10, W12};
use super::ofa::{Sides, Space, Subnet, n_stages_of, write_lists, write_pair};
use super::{Architecture, Family, Neighbour, Neighbourhood, RecordsOf, Variant, downcast};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{ComputeGraph, Shape};
use crate::note::Note;

/// The search space.
#[derive(Debug)]
pub(super) struct OfaMbv3;

static VARIANTS: [Variant; 5] = [
    variant(
        "imagenet",
        "ImageNet, with the weights of OFA's supernet of width 1.0",
        Some(RecordsOf::new("ofa_mbv3", "imagenet")),
    ),
    variant("imagenet-w1.2", "ImageNet, with the weights of OFA's supernet of width 1.2", None),
    variant("ofa", "ImageNet at any image side, with the weights of OFA's supernet", MULTIRES),
    variant("compofa", "ImageNet at any image side, with the weights of CompOFA", MULTIRES),
    variant("moofa", "ImageNet at any image side, with the weights of MOOFA", MULTIRES),
];

const MULTIRES: Option<RecordsOf> = Some(RecordsOf::new("ofa_mbv3_multires", "imagenet"));

const fn variant(name: &'static str, title: &'static str, records: Option<RecordsOf>) -> Variant {
    Variant { name, title, input: Shape::new(224, 224, 3), classes: 1000, records }
}

const DEPTHS: &[u32] = &[2, 3, 4];

static SPACE: Space = Space {
    prefix: "mbconv3",
    kernels: &[3, 5, 7],
    expansions: &[3, 4, 6],
    depths: &[DEPTHS; 5],
    sides: Sides { first: 128, last: 224, step: 4 },
};

static MOOFA_SPACE: Space = Space {
    prefix: "mbconv3",
    kernels: &[3, 5, 7],
    expansions: &[2, 3, 4],
    depths: &[DEPTHS; 5],
    sides: Sides { first: 128, last: 224, step: 32 },
};

/// What a text says of the supernet, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Lists of kernels, expansions and depths: either width.
    Lists,
    /// Image side and names of layers: width 1.2 unless the caller says otherwise.
    Pair,
    /// Lists with the name of a supernet.
    Supernet(Supernet),
}

/// The supernets that a text can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Supernet {
    Ofa,
    CompOfa,
    MoOfa,
}

impl Supernet {
    const ALL: [Self; 3] = [Self::Ofa, Self::CompOfa, Self::MoOfa];
    const NAMES: [&str; 3] = ["ofa", "compofa", "moofa"];

    /// Its name, which is that of its variant.
    fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl Form {
    /// What a subnet written like this may choose.
    fn space(self) -> &'static Space {
        if self == Self::Supernet(Supernet::MoOfa) { &MOOFA_SPACE } else { &SPACE }
    }

    /// How subnets of `variant` are written.
    fn of(variant: &Variant) -> Self {
        let named = |supernet: &Supernet| supernet.name() == variant.name;
        match Supernet::ALL.into_iter().find(named) {
            Some(supernet) => Self::Supernet(supernet),
            None if variant.name == VARIANTS[1].name => Self::Pair,
            None => Self::Lists,
        }
    }

    /// Names of the variants that a subnet can be built as.
    fn variants(self) -> Vec<&'static Variant> {
        let [w10, w12, ..] = &VARIANTS;
        match self {
            Self::Lists => vec![w10, w12],
            Self::Pair => vec![w12, w10],
            Self::Supernet(_) => VARIANTS.iter().filter(|v| Self::of(v) == self).collect(),
        }
    }
}

impl Family for OfaMbv3 {
    fn name(&self) -> &'static str {
        "ofa_mbv3"
    }

    fn title(&self) -> &'static str {
        "OFA-MobileNetV3"
    }

    fn description(&self) -> &'static str {
        "subnets of MobileNetV3 supernets: kernel and expansion of each layer, depth of each stage"
    }

    fn example(&self) -> &'static str {
        r#"{"ks":[5,7,0,0,3,3,3,0,5,3,0,0,7,3,3,3,5,5,5,0],"e":[4,3,0,0,4,6,3,0,4,3,0,0,3,6,6,6,4,3,4,0],"d":[2,3,2,4,3],"r":224}"#
    }

    fn variants(&self) -> &'static [Variant] {
        &VARIANTS
    }

    fn recognises(&self, text: &str) -> bool {
        n_stages_of(text) == Some(SPACE.depths.len())
    }

    fn parse(&self, text: &str) -> Result<Box<dyn Architecture>> {
        Ok(Box::new(text::read(text)?))
    }

    fn sample(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        self.sample_variant(&VARIANTS[0], rng)
    }

    fn sample_variant(&self, variant: &Variant, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let form = Form::of(variant);
        Box::new(Mbv3 { form, subnet: form.space().sample(rng) })
    }

    fn size(&self) -> f64 {
        SPACE.size()
    }
}

/// One subnet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mbv3 {
    form: Form,
    subnet: Subnet,
}

impl Architecture for Mbv3 {
    fn family(&self) -> &'static dyn Family {
        &OfaMbv3
    }

    fn text(&self) -> String {
        let space = self.form.space();
        match self.form {
            Form::Lists => format!("{{{}}}", write_lists(&self.subnet, space)),
            Form::Pair => write_pair(&self.subnet, space),
            Form::Supernet(supernet) => {
                let lists = write_lists(&self.subnet, space);
                format!(r#"{{{lists},"supernet":"{}"}}"#, supernet.name())
            }
        }
    }

    fn variants(&self) -> Vec<&'static Variant> {
        self.form.variants()
    }

    fn build(&self, variant: &Variant) -> Result<ComputeGraph> {
        let variants = self.variants();
        if !variants.contains(&variant) {
            let names: Vec<_> = variants.iter().map(|variant| variant.name).collect();
            let message = format!(
                "this subnet is none of variant `{}`; expected {}",
                variant.name,
                names.join(" or ")
            );
            return Err(Error::new(ErrorKind::Target, message));
        }
        layout_of(variant).build(&self.subnet, variant)
    }

    fn notes(&self) -> Vec<Note> {
        self.subnet.side.notes(self.form.space().sides)
    }

    fn mutate(&self, rng: &mut dyn Rng) -> Box<dyn Architecture> {
        let subnet = self.form.space().mutate(&self.subnet, rng);
        Box::new(Self { form: self.form, subnet })
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let mut all = Neighbourhood::of(self);
        for (change, subnet) in self.form.space().neighbours(&self.subnet) {
            all.add(change, Self { form: self.form, subnet });
        }
        all.list()
    }

    fn cross(&self, other: &dyn Architecture, rng: &mut dyn Rng) -> Option<Box<dyn Architecture>> {
        let other: &Self = downcast(other)?;
        let are_kin = self.variants().iter().any(|variant| other.variants().contains(variant));
        are_kin.then(|| {
            let subnet = self.subnet.cross(&other.subnet, rng);
            Box::new(Self { form: self.form, subnet }) as Box<dyn Architecture>
        })
    }
}

fn layout_of(variant: &Variant) -> &'static Layout {
    match Form::of(variant) {
        Form::Supernet(Supernet::MoOfa) => &MOOFA,
        Form::Pair => &W12,
        Form::Lists | Form::Supernet(_) => &W10,
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn each_variant_has_subnets_of_its_own_which_build_as_nothing_else() {
        let mut rng = Pcg64Mcg::seed_from_u64(8);
        for variant in &VARIANTS {
            let subnet = OfaMbv3.sample_variant(variant, &mut rng);
            assert_eq!(subnet.variants()[0], variant);
            let again = OfaMbv3.parse(&subnet.text()).unwrap();
            assert_eq!((again.text(), again.variants()), (subnet.text(), subnet.variants()));
            for other in &VARIANTS {
                let built = subnet.build(other);
                assert_eq!(built.is_ok(), subnet.variants().contains(&other), "{}", other.name);
            }
        }
        let moofa = OfaMbv3.sample_variant(&VARIANTS[4], &mut rng);
        let error = moofa.build(&VARIANTS[0]).expect_err("moofa");
        assert_eq!(error.to_string(), "this subnet is none of variant `imagenet`; expected moofa");
    }

    #[test]
    fn subnets_of_different_supernets_have_no_child() {
        let mut rng = Pcg64Mcg::seed_from_u64(9);
        for mother in &VARIANTS {
            for father in &VARIANTS {
                let [a, b] = [mother, father].map(|v| OfaMbv3.sample_variant(v, &mut rng));
                let are_plain = [mother, father].iter().all(|v| v.records != MULTIRES);
                let are_kin = mother == father || are_plain;
                let child = a.cross(b.as_ref(), &mut rng);
                assert_eq!(child.is_some(), are_kin, "{} {}", mother.name, father.name);
                assert!(child.is_none_or(|child| child.variants() == a.variants()));
            }
        }
    }

    #[test]
    fn the_image_is_as_large_as_the_text_says() {
        for side in [128, 192, 320] {
            let text = OfaMbv3.example().replace("224", &side.to_string());
            let subnet = OfaMbv3.parse(&text).unwrap();
            let graph = subnet.build(&VARIANTS[0]).unwrap();
            assert_eq!(graph.input_shape(), Shape::new(side, side, 3));
            assert_eq!(subnet.notes().len(), usize::from(side > 224));
        }
    }

    #[test]
    fn the_space_has_its_published_size() {
        // (9^2 + 9^3 + 9^4)^5 for each image side
        let per_side = OfaMbv3.size() / 25.0;
        assert!((per_side / 2.18e19 - 1.0).abs() < 0.005, "{per_side}");
    }
}
