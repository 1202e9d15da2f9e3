"""The operations of TensorFlow that gave equal bits on every kind of processor that was compared."""

# Compared with their gradients, float32 on one thread, by benchmarks/portable.py, which prints them.
COMPARED = frozenset(
    """
    Abs Acos Acosh AddN AddV2 All Any ArgMax ArgMin Asin Asinh AssignAddVariableOp AssignSubVariableOp
    AssignVariableOp Atanh AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchMatMulV2 BiasAdd BiasAddGrad Bitcast
    BitwiseAnd BroadcastArgs BroadcastGradientArgs BroadcastTo Cast Ceil ConcatOffset ConcatV2 Const Conv2D
    Conv2DBackpropFilter Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 Cos Cosh Cumprod
    Cumsum DepthToSpace DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput
    Digamma DivNoNan Einsum Elu EluGrad EmptyTensorList EnsureShape Equal Erf EuclideanNorm Exp
    ExpandDims Expm1 Fill Floor FloorDiv FloorMod GatherNd GatherV2 Greater GreaterEqual Identity IdentityN
    ImageProjectiveTransformV3 InTopKV2 InvertPermutation IsFinite IsNan LeakyRelu LeakyReluGrad Less LessEqual Lgamma
    ListDiff Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul MatrixBandPart MatrixSetDiagV3 Max MaxPool
    MaxPool3D MaxPool3DGrad MaxPoolGrad Maximum Mean Min Minimum MirrorPad MirrorPadGrad Mul MulNoNan Neg NoOp
    NotEqual OneHot Pack Pad Placeholder Polygamma Pow Prod Range ReadVariableOp RealDiv Relu Relu6 Relu6Grad
    ReluGrad Reshape ResizeBilinear ResizeBilinearGrad ResizeNearestNeighbor ResizeNearestNeighborGrad
    ResourceScatterSub ReverseV2 Rint Roll ScatterNd Select SelectV2 Selu SeluGrad Shape ShapeN Sigmoid SigmoidGrad
    Sign Sin Sinh Size Slice Softplus Softsign SoftsignGrad SpaceToDepth Split Sqrt SqrtGrad Square SquaredDifference
    Squeeze StatelessIf StatelessRandomGetKeyCounter StatelessRandomNormalV2 StatelessRandomUniformIntV2
    StatelessRandomUniformV2 StatelessTruncatedNormalV2 StatelessWhile StopGradient StridedSlice StridedSliceGrad Sub
    Sum Tan Tanh TanhGrad TensorListElementShape TensorListFromTensor TensorListGetItem TensorListLength
    TensorListPopBack TensorListPushBack TensorListReserve TensorListSetItem TensorListStack TensorScatterUpdate Tile
    TopKV2 Transpose Unpack UnsortedSegmentSum VariableShape Where While Xdivy ZerosLike
    """.split()  # noqa: SIM905 (a list literal would fill two pages)
)
# These hand values on and compute none.
CARRYING = frozenset(
    """
    Assert Case CheckNumerics DynamicStitch If PartitionedCall PlaceholderWithDefault PreventGradient ResourceGather
    ResourceGatherNd Snapshot StatefulPartitionedCall StatelessCase VarHandleOp VarIsInitializedOp OnesLike
    """.split()  # noqa: SIM905 (a list literal would fill two pages)
)
KNOWN = COMPARED | CARRYING
