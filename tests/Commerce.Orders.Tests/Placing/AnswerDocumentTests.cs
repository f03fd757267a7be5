using System.Text;
using Commerce.Orders.ReadModels;

namespace Commerce.Orders.Tests.Placing;

/// <summary>The answer to a placed order is the document of its row with the guest's secret put in.</summary>
public sealed class AnswerDocumentTests
{
    [Theory]
    [InlineData("""{"id":1,"version":1}""", null, """{"id":1,"version":1,"accessToken":"a-B_9"}""")]
    [InlineData("""{"id":1,"version":1,"locale":"ko"}""", "ko", """{"id":1,"version":1,"accessToken":"a-B_9","locale":"ko"}""")]
    [InlineData("""{"id":1,"locale":"a\"}b"}""", "a\"}b", """{"id":1,"accessToken":"a-B_9","locale":"a\"}b"}""")]
    public void A_secret_stands_where_a_serializer_puts_it(string document, string? locale, string expected) =>
        Encoding.UTF8.GetString(OrderDocuments.WithSecret(Encoding.UTF8.GetBytes(document), "a-B_9", locale).Span).ShouldBe(expected);

    [Fact]
    public void A_document_is_taken_once_and_by_its_own_state_and_version()
    {
        var order = Order.Initial with { };
        order.PassDocument(3, [1, 2]);
        var later = order with { };

        later.TakeDocument(3).ShouldBeNull("another state");
        (order with { }).ShouldBe(order, "no part of what an order is");
        order.TakeDocument(3).ShouldBe([1, 2]);
        order.TakeDocument(3).ShouldBeNull("taken");
        order.PassDocument(3, [1, 2]);
        order.TakeDocument(4).ShouldBeNull("another version");
    }
}
