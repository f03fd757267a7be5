using Commerce.Outcomes;

namespace Commerce.Messages;

/// <summary>The SKU is not for sale at all, so it cannot come back.</summary>
[Problem(404, "sku-not-found", "There is no such SKU")]
internal sealed record WishedSkuNotFound(string Sku) : Refusal($"There is no SKU {Sku} for sale.");

/// <summary>One address wants to hear of too much.</summary>
[Problem(409, "too-many-wishes", "This address waits for too much")]
internal sealed record TooManyWishes(int Most) : Refusal($"An address can wait for {Most} SKUs at a time. Take one back first.");

/// <summary>Nobody ever wrote this.</summary>
[Problem(404, "message-not-found", "There is no such message")]
internal sealed record MessageNotFound(Guid Id) : Refusal($"There is no message {Id}.");

/// <summary>The shop does not know any more where to.</summary>
[Problem(409, "message-address-gone", "The address of the message is not kept any more")]
internal sealed record MessageAddressGone(Guid Id) : Refusal($"The address that the message {Id} went to was forgotten when it was sent, and no order tells it.");
