export const OrdersPage = () => <p>orders</p>;
