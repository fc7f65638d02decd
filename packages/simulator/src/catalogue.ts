import type { Gift } from './gift-log.ts';

/** No gift above this price is streakable on the platforms measured. */
export const mostCoinsOfAStreakableGift = 99;

const streakable = (id: string, name: string, coins: number): Gift => ({ id, name, coins, streakable: true });
const grand = (id: string, name: string, coins: number): Gift => ({ id, name, coins, streakable: false });

/**
 * Our own gifts. Prices lie as in a real catalogue of 161 gifts: one in ten costs one coin, half cost 1,000
 * or more, the dearest 44,999. No streakable gift costs more than 99, and some cheap ones are not streakable
 * either.
 */
export const defaultCatalogue: readonly Gift[] = [
  streakable('spark', 'Spark', 1),
  streakable('daisy', 'Daisy', 1),
  streakable('high-five', 'High Five', 1),
  streakable('pebble', 'Pebble', 1),
  grand('first-hello', 'First Hello', 1),
  streakable('ribbon', 'Ribbon', 2),
  streakable('paper-boat', 'Paper Boat', 5),
  streakable('lantern', 'Lantern', 9),
  streakable('clover', 'Clover', 10),
  streakable('teapot', 'Teapot', 20),
  streakable('kite', 'Kite', 30),
  streakable('bouquet', 'Bouquet', 99),
  grand('feather-cap', 'Feather Cap', 99),
  grand('bell-tower', 'Bell Tower', 100),
  grand('tandem', 'Tandem', 199),
  grand('beehive', 'Beehive', 199),
  grand('otter', 'Otter', 299),
  grand('rain-dance', 'Rain Dance', 299),
  grand('hammock', 'Hammock', 399),
  grand('music-box', 'Music Box', 500),
  grand('heron', 'Heron', 699),
  grand('night-tram', 'Night Tram', 899),
  grand('treasure-map', 'Treasure Map', 999),
  grand('fountain', 'Fountain', 1_000),
  grand('carousel', 'Carousel', 1_000),
  grand('orchard', 'Orchard', 1_200),
  grand('tightrope', 'Tightrope', 1_500),
  grand('greenhouse', 'Greenhouse', 1_999),
  grand('sailplane', 'Sailplane', 1_999),
  grand('lighthouse', 'Lighthouse', 2_988),
  grand('big-wheel', 'Big Wheel', 3_000),
  grand('glacier', 'Glacier', 4_000),
  grand('observatory', 'Observatory', 4_999),
  grand('opera-night', 'Opera Night', 6_999),
  grand('sleeper-train', 'Sleeper Train', 9_888),
  grand('airship', 'Airship', 12_000),
  grand('northern-lights', 'Northern Lights', 15_000),
  grand('coral-reef', 'Coral Reef', 20_000),
  grand('blue-whale', 'Blue Whale', 29_999),
  grand('space-elevator', 'Space Elevator', 34_999),
  grand('comet', 'Comet', 39_999),
  grand('milky-way', 'Milky Way', 44_999),
];
