#!/usr/bin/env python3
"""Writes networks of keras.applications as JSON, with the parameters that Keras counts.

    pip install keras torch numpy        # Keras 3
    KERAS_BACKEND=torch tests/keras/make.py DIR
    pip install tensorflow tf_keras      # Keras 2
    TF_USE_LEGACY_KERAS=1 tests/keras/make.py DIR

Each network becomes `DIR/NAME.kerasN.json`, and a line of `DIR/params.tsv`: the file, the side of
its image, `count_params()`, and the part of it that is trainable. gennape's params are the
trainable ones: moving statistics of batch normalisations, and the mean, variance and count of
`Normalization` layers are not. `tests/keras/*.json.gz` are a choice of them.
"""

import gc
import os
import sys

# NAME, and the settings that are not the default
NETWORKS = [
    ("MobileNetV3Small", {}), ("MobileNetV2", {}), ("MobileNet", {}), ("EfficientNetB0", {}),
    ("EfficientNetV2B0", {}), ("DenseNet121", {}), ("ResNet50V2", {}), ("ResNet50", {}),
    ("Xception", {}), ("InceptionV3", {}), ("ConvNeXtTiny", {}), ("NASNetMobile", {}),
    ("VGG16", {}), ("MobileNetV3Large", {"minimalistic": True}), ("InceptionResNetV2", {}),
    ("ResNet101", {}), ("DenseNet201", {}), ("EfficientNetV2S", {}), ("RegNetX002", {}), ("ResNetRS50", {}),
]


def small_models(keras):
    """Models with what no application has: attention, shared layers, models in models, functions."""
    layers = keras.layers
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 4, strides=4)(image)
    x = layers.Reshape((64, 16))(x)
    norm, attend = layers.LayerNormalization(), layers.MultiHeadAttention(4, 8)
    y = norm(x)
    x = layers.Add()([x, attend(y, y)])
    y = layers.Dense(32, activation="gelu")(layers.LayerNormalization()(x))
    x = layers.Add()([x, layers.Dense(16)(y)])
    yield "attention", keras.Model(image, layers.Dense(10)(layers.GlobalAveragePooling1D()(x)))

    block_input = keras.Input((None, None, 8))
    block = keras.Model(block_input, layers.Conv2D(8, 3, padding="same", activation="relu")(block_input))
    head = keras.Sequential([layers.GlobalMaxPooling2D(), layers.PReLU(), layers.Dense(5, "softmax")])
    image = keras.Input((24, 20, 1))
    x = layers.SeparableConv2D(8, 3, depth_multiplier=2)(image)
    x = block(layers.GroupNormalization(4)(block(x)))
    x = layers.Concatenate()([x, layers.Conv2DTranspose(4, 3, padding="same")(x)])
    yield "nested", keras.Model(image, head(x))

    image = keras.Input((28, 28))
    x = layers.LSTM(12, return_sequences=True)(image)
    x = layers.GRU(6)(x)
    yield "recurrent", keras.Model(image, layers.Dense(10, activation="softmax")(x))

    if keras.__version__.startswith("3"):
        ops = keras.ops
        image = keras.Input((None, None, 3))
        x = layers.Conv2D(8, 3, use_bias=False)(image)
        x = x * ops.relu6(x + 3) / 6
        one, other = ops.split(layers.Conv2D(8, 1)(x), 2, axis=-1)
        x = ops.concatenate([one * ops.sigmoid(other), x[..., 2:6]], axis=-1)
        x = 0.5 * x * (1 + ops.erf(x * 0.7071067811865475))
        x = ops.mean(x, axis=(1, 2))
        yield "functions", keras.Model(image, layers.Dense(200)(x))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    if os.environ.get("TF_USE_LEGACY_KERAS"):
        import tf_keras as keras
    else:
        import keras
    version = keras.__version__.split(".")[0]
    table = os.path.join(folder, "params.tsv")
    rows = {}
    if os.path.exists(table):
        with open(table) as file:
            rows = dict(line.rstrip("\n").split("\t", 1) for line in file)

    def write(name, model):
        file = f"{name}.keras{version}.json"
        with open(os.path.join(folder, file), "w") as out:
            out.write(model.to_json())
        size = lambda variable: int(__import__("math").prod(variable.shape))
        trainable = sum(size(weight) for weight in model.trainable_weights)
        side = model.input_shape[1] or 0
        rows[file] = f"{side}\t{model.count_params()}\t{trainable}"
        with open(table, "w") as out:
            out.writelines(f"{file}\t{row}\n" for file, row in sorted(rows.items()))
        print(file, rows[file], flush=True)

    for name, model in small_models(keras):
        write(name, model)
    for name, settings in NETWORKS:
        try:
            write(name, getattr(keras.applications, name)(weights=None, **settings))
        except (AttributeError, ValueError) as error:
            # this version has it not, or not with this backend
            print("skipped", name, str(error)[:100], flush=True)
        gc.collect()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make.py DIR")
    main(sys.argv[1])
