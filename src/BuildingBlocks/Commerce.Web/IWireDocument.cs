namespace Commerce.Web;

/// <summary>A value that knows its bytes on the wire, because they are made already: the row of a read model holds the same.</summary>
public interface IWireDocument
{
    /// <summary>The JSON as <see cref="WireJson"/> has it; null when it has to be written.</summary>
    ReadOnlyMemory<byte>? ToUtf8();
}
