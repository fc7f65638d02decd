import { payoutProviderLaws } from '../laws.ts';
import { openPaypalSubject, paypalAbilities } from './testing/subject.ts';

payoutProviderLaws('paypal', openPaypalSubject, paypalAbilities);
