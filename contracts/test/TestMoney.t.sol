// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {ERC20} from "solady/tokens/ERC20.sol";

import {Errors} from "../src/Errors.sol";
import {TestMoney} from "../src/TestMoney.sol";
import {SmartAccount} from "./SmartAccount.sol";

/// @dev The development chains' dollar.
contract TestMoneyTest is Test {
    TestMoney internal money;
    Account internal payer;
    address internal payee = makeAddr("payee");
    uint256 internal validBefore;

    function setUp() public {
        vm.warp(1_800_000_000);
        money = new TestMoney();
        payer = makeAccount("payer");
        money.mint(payer.addr, 100);
        validBefore = vm.getBlockTimestamp() + 60;
    }

    function hashOf(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", money.DOMAIN_SEPARATOR(), structHash));
    }

    function signed(bytes32 structHash) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, hashOf(structHash));
        return abi.encodePacked(r, s, v);
    }

    function transferHash(bytes32 typeHash, uint256 value, bytes32 nonce) internal view returns (bytes32) {
        return keccak256(abi.encode(typeHash, payer.addr, payee, value, 0, validBefore, nonce));
    }

    function test_it_is_a_dollar_of_six_decimals_with_the_domain_that_wallets_expect() public view {
        assertEq(money.name(), "Test Dollar");
        assertEq(money.symbol(), "TUSD");
        assertEq(money.decimals(), 6);
        assertEq(money.version(), "1");
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Test Dollar"),
                keccak256("1"),
                block.chainid,
                address(money)
            )
        );
        assertEq(money.DOMAIN_SEPARATOR(), domain);
    }

    function test_gives_anyone_any_amount() public {
        uint256 before = money.totalSupply();
        vm.prank(payee);
        money.mint(payee, 1e30);
        assertEq(money.balanceOf(payee), 1e30);
        assertEq(money.totalSupply() - before, 1e30);
    }

    function test_moves_what_its_owner_has_and_allowed_and_no_more() public {
        vm.startPrank(payer.addr);
        assertTrue(money.transfer(payee, 40));
        vm.expectRevert(ERC20.InsufficientBalance.selector);
        money.transfer(payee, 61);
        money.approve(address(this), 50);
        vm.stopPrank();
        assertTrue(money.transferFrom(payer.addr, payee, 30));
        assertEq(money.allowance(payer.addr, address(this)), 20);
        vm.expectRevert(ERC20.InsufficientAllowance.selector);
        money.transferFrom(payer.addr, payee, 21);
        assertEq(money.balanceOf(payer.addr), 30);
        assertEq(money.balanceOf(payee), 70);
    }

    function test_a_permit_gives_an_allowance_once() public {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, payer.addr, payee, 7, 0, validBefore));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, hashOf(structHash));
        money.permit(payer.addr, payee, 7, validBefore, v, r, s);
        assertEq(money.allowance(payer.addr, payee), 7);
        assertEq(money.nonces(payer.addr), 1);
        vm.expectRevert(ERC20.InvalidPermit.selector);
        money.permit(payer.addr, payee, 7, validBefore, v, r, s);
    }

    function test_anyone_sends_a_transfer_authorization_once() public {
        bytes memory signature = signed(transferHash(money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(), 7, "n"));
        money.transferWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", signature);
        assertEq(money.balanceOf(payee), 7);
        assertTrue(money.authorizationState(payer.addr, "n"));
        vm.expectRevert(
            abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, payer.addr, bytes32("n"))
        );
        money.transferWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", signature);
        bytes32 structHash = transferHash(money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(), 8, "m");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, hashOf(structHash));
        money.transferWithAuthorization(payer.addr, payee, 8, 0, validBefore, "m", v, r, s);
        assertEq(money.balanceOf(payee), 15);
    }

    function test_only_the_payee_sends_a_receive_authorization() public {
        bytes32 structHash = transferHash(money.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(), 7, "n");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, hashOf(structHash));
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_NotPayee.selector, address(this), payee));
        money.receiveWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", v, r, s);
        vm.prank(payee);
        money.receiveWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", v, r, s);
        assertEq(money.balanceOf(payee), 7);
        bytes memory signature = signed(transferHash(money.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(), 8, "m"));
        vm.prank(payee);
        money.receiveWithAuthorization(payer.addr, payee, 8, 0, validBefore, "m", signature);
        assertEq(money.balanceOf(payee), 15);
    }

    function test_the_two_kinds_are_not_exchangeable() public {
        bytes memory signature = signed(transferHash(money.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(), 7, "n"));
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, payer.addr));
        money.transferWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", signature);
    }

    function testFuzz_another_value_is_refused(uint256 value) public {
        vm.assume(value != 7);
        bytes memory signature = signed(transferHash(money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(), 7, "n"));
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, payer.addr));
        money.transferWithAuthorization(payer.addr, payee, value, 0, validBefore, "n", signature);
    }

    function test_an_authorization_has_its_time() public {
        uint256 nowSeconds = vm.getBlockTimestamp();
        bytes32 typeHash = money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH();
        bytes memory early = signed(
            keccak256(abi.encode(typeHash, payer.addr, payee, 7, nowSeconds, validBefore, bytes32("n")))
        );
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_NotYetValid.selector, nowSeconds, nowSeconds));
        money.transferWithAuthorization(payer.addr, payee, 7, nowSeconds, validBefore, "n", early);
        bytes memory late = signed(transferHash(typeHash, 7, "n"));
        vm.warp(validBefore);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_Expired.selector, validBefore, validBefore));
        money.transferWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", late);
    }

    function test_a_cancelled_authorization_is_void_and_only_its_signer_cancels() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, payer.addr));
        money.cancelAuthorization(payer.addr, "n", "");
        bytes32 structHash =
            keccak256(abi.encode(money.CANCEL_AUTHORIZATION_TYPEHASH(), payer.addr, bytes32("n")));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, hashOf(structHash));
        money.cancelAuthorization(payer.addr, "n", v, r, s);
        assertTrue(money.authorizationState(payer.addr, "n"));
        structHash = keccak256(abi.encode(money.CANCEL_AUTHORIZATION_TYPEHASH(), payer.addr, bytes32("m")));
        money.cancelAuthorization(payer.addr, "m", signed(structHash));
        assertTrue(money.authorizationState(payer.addr, "m"));
        bytes memory signature = signed(transferHash(money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(), 7, "n"));
        vm.expectRevert(
            abi.encodeWithSelector(Errors.TestMoney_AuthorizationUsed.selector, payer.addr, bytes32("n"))
        );
        money.transferWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", signature);
    }

    function test_a_signature_in_three_parts_is_the_payers_or_nobodys() public {
        bytes32 digest = hashOf(transferHash(money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(), 7, "n"));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(makeAccount("another").key, digest);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, payer.addr));
        money.transferWithAuthorization(payer.addr, payee, 7, 0, validBefore, "n", v, r, s);
        // What recovers to nobody is not nobody's signature.
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, address(0)));
        money.transferWithAuthorization(address(0), payee, 0, 0, validBefore, "n", 27, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.TestMoney_BadSignature.selector, payer.addr));
        money.cancelAuthorization(payer.addr, "n", v, r, s);
    }

    function test_a_smart_account_pays_by_a_signature_in_three_parts_too() public {
        SmartAccount account = new SmartAccount();
        account.setOwner(payer.addr);
        money.mint(address(account), 10);
        bytes32 structHash = keccak256(
            abi.encode(
                money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(),
                address(account),
                payee,
                10,
                0,
                validBefore,
                bytes32("n")
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payer.key, hashOf(structHash));
        money.transferWithAuthorization(address(account), payee, 10, 0, validBefore, "n", v, r, s);
        assertEq(money.balanceOf(payee), 10);
    }

    function test_a_smart_account_pays_by_erc1271_and_an_eip7702_account_by_its_own_key() public {
        SmartAccount account = new SmartAccount();
        account.setOwner(payer.addr);
        money.mint(address(account), 7);
        bytes32 typeHash = money.TRANSFER_WITH_AUTHORIZATION_TYPEHASH();
        bytes32 structHash =
            keccak256(abi.encode(typeHash, address(account), payee, 7, 0, validBefore, bytes32("n")));
        money.transferWithAuthorization(address(account), payee, 7, 0, validBefore, "n", signed(structHash));
        assertEq(money.balanceOf(payee), 7);

        vm.etch(payer.addr, abi.encodePacked(hex"ef0100", address(new SmartAccount())));
        bytes memory signature = signed(transferHash(typeHash, 3, "n"));
        money.transferWithAuthorization(payer.addr, payee, 3, 0, validBefore, "n", signature);
        assertEq(money.balanceOf(payee), 10);
    }
}
