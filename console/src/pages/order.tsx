export const OrderPage = ({ id }: { id: string }) => <p>{id}</p>;
