namespace Commerce.Messages;

/// <summary>Marks the module's schema <c>messages</c> and its role.</summary>
internal sealed class MessagesDatabase
{
    internal const string Schema = "messages";
    internal const string Role = "commerce_messages";
}
