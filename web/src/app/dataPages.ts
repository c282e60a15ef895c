// What the office and admins do about people's data, in one piece: each further piece has a name in what every page
// loads first.
export { RecordPage } from '../features/record/RecordPage';
export { RequestsPage } from '../features/requests/RequestsPage';
export { RetentionPage } from '../features/retention/RetentionPage';
