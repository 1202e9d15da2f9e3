"""A trial as a user writes it in JAX alone."""


def jax_net(splits, run, *, epochs=3, rate=0.1):
    """Train two layers in JAX alone."""
    import jax
    import jax.numpy as jnp

    key, *keys = jax.random.split(jax.random.key(run.seed("init")), 3)
    sizes = (splits.train.x.shape[1], 16, 1)
    net = [jax.random.normal(one, sizes[at : at + 2]) * 0.3 for at, one in enumerate(keys)]

    @jax.jit
    def scores(net, x):
        return jax.nn.sigmoid(jnp.tanh(x @ net[0]) @ net[1])[:, 0]

    @jax.jit
    def step(net, key, x, y):
        def loss(net):
            kept = jax.random.bernoulli(key, 0.8, x.shape)
            return jnp.mean((scores(net, x * kept) - y) ** 2)

        value, gradient = jax.value_and_grad(loss)(net)
        return value, jax.tree.map(lambda weight, slope: weight - rate * slope, net, gradient)

    run.state(net)
    for _ in range(epochs):
        for rows in run.rng("order").permutation(len(splits.train)).reshape(-1, 16):
            key, drawn = jax.random.split(key)
            value, net = step(net, drawn, splits.train.x[rows], splits.train.y[rows])
        run.state(net)
        run.epoch(loss=float(value), dev=scores(net, splits.dev.x))
    return {name: scores(net, split.x) for name, split in splits.items()}
