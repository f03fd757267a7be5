namespace Commerce.Cli.Terminal;

/// <summary>How far some work is.</summary>
internal interface IProgressReport
{
    /// <summary>Corrects the amount of work.</summary>
    void Total(long total);

    /// <summary>So much is done.</summary>
    void At(long done);

    /// <summary>Says something in between, such as that the Host is away.</summary>
    void Note(string text);
}
