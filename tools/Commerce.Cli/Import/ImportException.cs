namespace Commerce.Cli.Import;

/// <summary>The import cannot go on; the message tells a person why.</summary>
internal sealed class ImportException(string message) : Exception(message);
