"""Which networks are exported: of torchvision and timm by name, of search spaces by text."""

import json

import families

# small and quick ones first: a broken-off run has most of the value
TORCHVISION = [
    ("squeezenet1_1", 224), ("mobilenet_v2", 224), ("resnet18", 224), ("shufflenet_v2_x0_5", 224),
    ("mobilenet_v3_small", 224), ("mnasnet0_5", 224), ("alexnet", 224), ("vgg11", 224),
    ("vgg11_bn", 224), ("regnet_y_400mf", 224), ("densenet121", 224), ("googlenet", 224),
    ("efficientnet_b0", 224), ("resnet50", 224), ("resnext50_32x4d", 224), ("inception_v3", 299),
    ("convnext_tiny", 224), ("regnet_x_400mf", 224), ("vit_b_32", 224), ("swin_t", 224),
    ("maxvit_t", 224), ("wide_resnet50_2", 224), ("efficientnet_v2_s", 224), ("swin_v2_t", 256),
]

TIMM = [
    ("ghostnet_100", 224), ("repvgg_a0", 224), ("hrnet_w18_small", 224), ("dla34", 224),
    ("mobilevit_xxs", 256), ("levit_128s", 224), ("poolformer_s12", 224), ("dm_nfnet_f0", 192),
    ("nf_regnet_b1", 224), ("vit_tiny_patch16_224", 224), ("deit_tiny_patch16_224", 224),
    ("mixer_s32_224", 224), ("convmixer_768_32", 224), ("resnest14d", 224), ("res2net50_26w_4s", 224),
    ("skresnet18", 224), ("lcnet_050", 224), ("tinynet_e", 106), ("fbnetc_100", 224),
    ("mobilenetv4_conv_small", 224), ("edgenext_xx_small", 256), ("fastvit_t8", 256),
    ("efficientformer_l1", 224), ("pvt_v2_b0", 224), ("xcit_nano_12_p16_224", 224),
    ("coat_tiny", 224), ("convnextv2_atto", 224), ("inception_v4", 299), ("xception41", 299),
    ("cspresnet50", 256), ("rexnet_100", 224), ("hardcorenas_a", 224), ("selecsls42b", 224),
    ("gmlp_s16_224", 224), ("twins_svt_small", 224), ("efficientvit_b0", 224),
]

# official ones, and cells that make every operation of their space appear
NB201 = [
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|none~0|nor_conv_3x3~1|avg_pool_3x3~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|nor_conv_1x1~0|none~1|none~2|",
    "|skip_connect~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|avg_pool_3x3~2|",
]

CONV1, CONV3, POOL = "conv1x1-bn-relu", "conv3x3-bn-relu", "maxpool3x3"
NB101 = [
    ([[0, 1, 1, 1, 0, 1, 0], [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0, 0],
      [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 0]],
     [CONV1, CONV3, CONV3, CONV3, POOL]),
    ([[0, 1, 0, 0, 1], [0, 0, 1, 1, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [0, 0, 0, 0, 0]],
     [CONV1, POOL, CONV1]),
    ([[0, 1, 1], [0, 0, 1], [0, 0, 0]], [CONV3]),
    ([[0, 1], [0, 0]], []),
]

SEP3, SEP5, DIL3, DIL5 = "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"
MAX, AVG, SKIP = "max_pool_3x3", "avg_pool_3x3", "skip_connect"
DARTS = [
    # DARTS_V2 and DARTS_V1
    ([(SEP3, 0), (SEP3, 1), (SEP3, 0), (SEP3, 1), (SEP3, 1), (SKIP, 0), (SKIP, 0), (DIL3, 2)],
     [(MAX, 0), (MAX, 1), (SKIP, 2), (MAX, 1), (MAX, 0), (SKIP, 2), (SKIP, 2), (MAX, 1)]),
    ([(SEP3, 1), (SEP3, 0), (SKIP, 0), (SEP3, 1), (SKIP, 0), (SEP3, 1), (SEP3, 0), (SKIP, 2)],
     [(MAX, 0), (MAX, 1), (SKIP, 2), (MAX, 0), (MAX, 0), (SKIP, 2), (SKIP, 2), (AVG, 0)]),
    ([(SEP5, 0), (DIL5, 1), (AVG, 0), (SKIP, 2), (MAX, 1), (SEP5, 3), (DIL3, 0), (SEP3, 4)],
     [(SKIP, 0), (SEP5, 1), (DIL5, 0), (AVG, 2), (SKIP, 1), (DIL3, 3), (MAX, 2), (SKIP, 3)]),
]

OFA_MBV3 = [
    {"ks": [5, 7, 5, 5, 3, 3, 3, 7, 5, 5, 3, 7, 7, 3, 3, 3, 5, 5, 5, 5],
     "e": [4, 3, 4, 4, 4, 6, 3, 4, 4, 3, 4, 3, 3, 6, 6, 6, 4, 3, 4, 4], "d": [2, 3, 2, 4, 3], "r": 224},
    {"ks": [3] * 20, "e": [3] * 20, "d": [2] * 5, "r": 128},
]


def load(source, name):
    """A network of `torchvision` or `timm` without trained weights."""
    if source == "timm":
        import timm

        return timm.create_model(name, pretrained=False)
    import torchvision

    # auxiliary heads have no part in the graph
    has_heads = name in ("googlenet", "inception_v3")
    settings = {"init_weights": False, "aux_logits": False} if has_heads else {}
    return torchvision.models.get_model(name, weights=None, **settings)


def all_networks():
    """Each network as (name, make, side, text): `text` is (family, variant, text) or None."""
    found = []
    for i, text in enumerate(NB201):
        found.append((f"nb201_{i}", lambda t=text: families.nb201(t), 32, ("nb201", "cifar10", text)))
    for i, (matrix, inner) in enumerate(NB101):
        ops = ["input", *inner, "output"]
        text = json.dumps({"matrix": matrix, "ops": ops})
        found.append((f"nb101_{i}", lambda m=matrix, o=ops: families.nb101(m, o), 32, ("nb101", "cifar10", text)))
    for i, (normal, reduce) in enumerate(DARTS):
        genotype = {"normal": normal, "normal_concat": [2, 3, 4, 5], "reduce": reduce, "reduce_concat": [2, 3, 4, 5]}
        for family, c, n_cells in (("nb301", 32, 8), ("darts", 36, 20)):
            make = lambda g=genotype, c=c, n=n_cells: families.Darts(g, c, n)
            found.append((f"{family}_{i}", make, 32, (family, "cifar10", json.dumps(genotype))))
    for i, net in enumerate(OFA_MBV3):
        make = lambda n=net: families.ofa_mbv3(**n)
        found.append((f"ofa_mbv3_{i}", make, net["r"], ("ofa_mbv3", "imagenet", json.dumps(net))))
    for source, listed in (("torchvision", TORCHVISION), ("timm", TIMM)):
        for name, side in listed:
            found.append((name, lambda s=source, n=name: load(s, n), side, None))
    return found
