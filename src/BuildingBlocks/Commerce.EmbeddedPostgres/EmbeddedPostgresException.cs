namespace Commerce.EmbeddedPostgres;

/// <summary>The embedded server cannot be started; the message says what to do.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    /// <summary>Creates one without words.</summary>
    public EmbeddedPostgresException()
    {
    }

    /// <summary>Creates one that says what to do.</summary>
    public EmbeddedPostgresException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one that says what to do and keeps what happened.</summary>
    public EmbeddedPostgresException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
