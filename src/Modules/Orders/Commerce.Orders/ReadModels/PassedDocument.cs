namespace Commerce.Orders.ReadModels;

/// <summary>
/// The document of one state of an order on its way from the answer to the row, so that it is written as JSON once. It is no part of what an order is: any two are
/// equal, and one that was copied into a later state is nothing there.
/// </summary>
internal readonly struct PassedDocument(Order order, long version, byte[] document) : IEquatable<PassedDocument>
{
    private readonly Passed? _passed = new(order, version, document);

    /// <summary>The document, if it is of this very state.</summary>
    public byte[]? Of(Order state, long at) => _passed is { } passed && ReferenceEquals(passed.Order, state) && passed.Version == at ? passed.Document : null;

    /// <inheritdoc />
    public bool Equals(PassedDocument other) => true;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is PassedDocument;

    /// <inheritdoc />
    public override int GetHashCode() => 0;

    private sealed record Passed(Order Order, long Version, byte[] Document);
}
