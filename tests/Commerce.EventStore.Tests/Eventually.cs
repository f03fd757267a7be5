namespace Commerce.EventStore.Tests;

/// <summary>Waits for what happens in the background, up to ten seconds.</summary>
public static class Eventually
{
    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 500; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(20);
        }

        (await condition()).ShouldBeTrue("it did not happen within ten seconds");
    }
}
