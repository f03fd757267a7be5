namespace Commerce.Messages;

/// <summary>Settings of the module, section <c>Messages</c>.</summary>
internal sealed class MessagesOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Messages";

    /// <summary>Whether this host sends; one that does not still takes messages down.</summary>
    public bool Sends { get; set; } = true;

    /// <summary>Who writes.</summary>
    public MailParty From { get; set; } = new() { Name = "Commerce", Address = "shop@localhost" };

    /// <summary>Who of the staff hears of low stock; without an address nobody does.</summary>
    public MailParty Staff { get; set; } = new();

    /// <summary>The language of those whose own nobody knows, and of the staff.</summary>
    public string DefaultLocale { get; set; } = "en";

    /// <summary>Where the file sink puts its letters; the Host names its own folder where nothing is configured.</summary>
    public string Folder { get; set; } = "";

    /// <summary>The mail server; without a host letters become files.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>How long the sender rests between two looks.</summary>
    public TimeSpan Rest { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many messages a look sends at the most: mail servers shut out those who hurry.</summary>
    public int MostPerLook { get; set; } = 48;

    /// <summary>How many are sent at once.</summary>
    public int AtOnce { get; set; } = 8;

    /// <summary>How long one attempt may take. A message whose sender died is tried again after twice this time.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a message is tried before it is given up.</summary>
    public int MostAttempts { get; set; } = 12;

    /// <summary>The pause after the first failure; each further one is twice as long, up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromHours(4);

    /// <summary>What is older when it is heard of is not written about: a shop that begins to send does not write to everybody who ever bought.</summary>
    public TimeSpan OldestNews { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How long a message that was not sent keeps an address.</summary>
    public TimeSpan KeepsAddress { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a wish waits for goods.</summary>
    public TimeSpan KeepsWish { get; set; } = TimeSpan.FromDays(365);

    /// <summary>How many wishes one address may have at a time.</summary>
    public int MostWishes { get; set; } = 100;

    /// <summary>The pause after so many attempts.</summary>
    public TimeSpan PauseAfter(int attempts)
    {
        var pause = FirstPause;
        for (var i = 1; i < attempts && pause < LongestPause; i++)
        {
            pause *= 2;
        }

        return pause < LongestPause ? pause : LongestPause;
    }
}

/// <summary>Somebody with an address.</summary>
internal sealed class MailParty
{
    /// <summary>The name beside the address.</summary>
    public string Name { get; set; } = "";

    /// <summary>The address.</summary>
    public string Address { get; set; } = "";
}

/// <summary>A mail server.</summary>
internal sealed class SmtpOptions
{
    /// <summary>Its name; empty for none.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    public int Port { get; set; } = 587;

    /// <summary>The account, where it asks for one.</summary>
    public string User { get; set; } = "";

    /// <summary>The account's password.</summary>
    public string Password { get; set; } = "";

    /// <summary>How the connection is closed to others.</summary>
    public SmtpTls Tls { get; set; } = SmtpTls.StartTls;
}

/// <summary>How a connection to a mail server is closed to others.</summary>
internal enum SmtpTls
{
    /// <summary>Open: for a server on the same machine.</summary>
    None,

    /// <summary>Closed after the greeting; a server that cannot gets no letter.</summary>
    StartTls,

    /// <summary>Closed from the first byte.</summary>
    Implicit,
}
