using static Commerce.Inventory.Tests.Scenarios;

namespace Commerce.Inventory.Tests;

public sealed class ReservationTests
{
    private static readonly ReservedLine[] Lines = [new("TEA-1", 2), new("CUP-1", 1)];

    private static Reservation Open => Reservation.Initial.With(Reservation.Initial.Make(Cart, Lines, Noon.AddMinutes(5), Noon));

    [Fact]
    public void It_is_made() =>
        Reservation.Initial.Make(Cart, Lines, Noon.AddMinutes(5), Noon).Then(new ReservationMade(Lines, Noon.AddMinutes(5)));

    [Fact]
    public void The_same_wish_said_twice_is_one_reservation() => Open.Make(Cart, [.. Lines], Noon.AddMinutes(9), Noon).ThenNothing();

    [Fact]
    public void Another_wish_under_the_same_id_is_refused()
    {
        Open.Make(Cart, [Lines[0]], Noon.AddMinutes(5), Noon).ThenRefused<ReservationExists>();
        Open.Make(Cart, Lines, Noon.AddHours(2), Noon.AddHours(1)).ThenRefused<ReservationExists>();
    }

    [Fact]
    public void It_is_extended_while_it_is_open()
    {
        Open.Extend(Cart, Noon.AddMinutes(9), Noon).Then(new ReservationExtended(Noon.AddMinutes(9)));
        Open.Extend(Cart, Noon.AddMinutes(5), Noon).ThenNothing();
        Open.Extend(Cart, Noon.AddHours(2), Noon.AddMinutes(5)).ThenRefused<ReservationEnded>().ReservationStatus.ShouldBe("expired");
        Reservation.Initial.Extend(Cart, Noon.AddHours(2), Noon).ThenRefused<ReservationNotFound>();
    }

    [Fact]
    public void It_is_released_once()
    {
        var released = Open.With(Open.Release(Cart, Noon));
        released.StatusAt(Noon).ShouldBe(ReservationStatus.Released);
        released.Release(Cart, Noon).ThenNothing();
        released.Extend(Cart, Noon.AddHours(1), Noon).ThenRefused<ReservationEnded>().ReservationStatus.ShouldBe("released");
        Reservation.Initial.Release(Cart, Noon).ThenRefused<ReservationNotFound>();
    }

    [Fact]
    public void Time_ends_it_whether_or_not_that_was_recorded()
    {
        Open.StatusAt(Noon.AddMinutes(5).AddMicroseconds(-1)).ShouldBe(ReservationStatus.Open);
        Open.StatusAt(Noon.AddMinutes(5)).ShouldBe(ReservationStatus.Expired);
        Open.Expire(Noon).ThenNothing();
        Open.Expire(Noon.AddMinutes(6)).Then(new ReservationExpired(Noon.AddMinutes(5)));
        Open.Release(Cart, Noon.AddMinutes(6)).Then(new ReservationExpired(Noon.AddMinutes(5)));
        var recorded = Open.With(Open.Expire(Noon.AddMinutes(6)));
        recorded.Expire(Noon.AddMinutes(7)).ThenNothing();
        Reservation.Word(recorded.StatusAt(Noon)).ShouldBe("expired");
    }

    [Fact]
    public void Events_of_others_change_nothing()
    {
        var open = Open;
        open.Evolve("something else").ShouldBeSameAs(open);
        Location.Initial.Evolve("something else").ShouldBeSameAs(Location.Initial);
        var stock = TenInMain;
        stock.Evolve("something else").ShouldBeSameAs(stock);
    }

    [Fact]
    public void A_location_is_opened_once_and_main_never_has_to_be()
    {
        Location.Initial.Open(new LocationOpened("annex", "Annex", 5)).Then(new LocationOpened("annex", "Annex", 5));
        Location.Initial.Evolve(new LocationOpened("annex", "Annex", 5)).ShouldBeOfType<Location>().Open(new LocationOpened("annex", "Annex", 5)).ThenRefused<LocationExists>();
        Location.Initial.Open(new LocationOpened("main", "Main", 0)).ThenRefused<LocationExists>();
    }
}
